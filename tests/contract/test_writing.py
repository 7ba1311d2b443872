"""How stores take events in: together, once, on conditions, and whatever text they hold."""

import multiprocessing
import threading
from datetime import UTC, datetime, timedelta

import pytest

from forebear.core import merkle
from forebear.core.digest import of_bytes
from forebear.core.entities import Metric
from forebear.core.errors import Conflict, EventConflict, InvalidInput, NotFound
from forebear.core.events import (
    AliasMoved,
    ArtifactRecorded,
    GapNoticed,
    MetricsLogged,
    ParamsLogged,
    RunStarted,
    Series,
    SeriesLogged,
    VersionNamed,
    encode,
)
from forebear.core.expectations import Expected
from forebear.core.points import Point, pack
from forebear.store import open_store

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAMES = ("churn", "fraud", "risk")


def gap(what, **more):
    return GapNoticed(run="r", what=what, **more)


def at_once(*works):
    """Do things in threads that begin together; return what came of each."""
    ready, outcomes = threading.Barrier(len(works)), [None] * len(works)

    def do(number):
        ready.wait()
        try:
            outcomes[number] = works[number]()
        except Exception as error:
            outcomes[number] = error

    threads = [threading.Thread(target=do, args=(number,)) for number in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


class TestTogether:
    def test_callers_at_once_each_get_their_own_answer(self, store):
        taken = gap("first")
        store.append([taken])
        works = [lambda n=n: store.append([gap(f"{n} a"), gap(f"{n} b")]) for n in range(12)]
        works.insert(3, lambda: store.append([gap("lost"), gap("other", id=taken.id)]))
        works.insert(7, lambda: store.append([taken, gap("new")]))
        outcomes = at_once(*works)
        assert isinstance(outcomes.pop(3), EventConflict)
        again = outcomes.pop(6)
        assert (again.accepted, again.duplicates) == (1, 1)
        assert all((one.accepted, one.duplicates) == (2, 0) for one in outcomes)
        sizes = sorted([again.head.size, *(one.head.size for one in outcomes)])
        assert sizes[-1] == store.head().size == 1 + 1 + 24
        assert len(set(sizes)) == 13
        assert [row.what for row in store.gaps(["r"])].count("lost") == 0

    def test_each_head_is_that_of_the_events_up_to_ones_own(self, store):
        outcomes = at_once(*(lambda n=n: store.append([gap(str(n))]) for n in range(8)))
        leaves = store.leaf_hashes(0, 8)
        for one in outcomes:
            assert one.head.root == f"sha256:{merkle.root(leaves[: one.head.size]).hex()}"

    def test_a_value_that_the_database_refuses_is_its_callers_alone(self, store):
        metrics = [Metric(key="f1", value=1.0, step=2**70)]
        outcomes = at_once(
            *(lambda n=n: store.append([gap(str(n))]) for n in range(5)),
            lambda: store.append([MetricsLogged(run="r", metrics=metrics)]),
        )
        assert isinstance(outcomes.pop(), InvalidInput)
        assert all(one.accepted == 1 for one in outcomes)
        assert store.head().size == 5

    def test_the_same_event_from_all_is_one(self, store):
        event = gap("once")
        outcomes = at_once(*[lambda: store.append([event])] * 10)
        assert sorted(one.accepted for one in outcomes) == [0] * 9 + [1]
        assert store.head().size == 1

    def test_a_call_after_a_refused_one_goes_on_without_a_hole(self, store):
        taken = gap("first")
        store.append([taken])
        for _ in range(3):
            with pytest.raises(EventConflict):
                store.append([gap("x"), gap("other", id=taken.id)])
            store.append([gap("y")])
        assert [one.seq for one in store.events()] == [1, 2, 3, 4]


def register(location, worker, count):
    """Register versions of the same names, as one of many processes and threads."""
    with open_store(**location, create=True) as store:

        def work(thread):
            for n in range(count):
                key = f"{worker}-{thread}-{n}"
                store.append(
                    [
                        ArtifactRecorded(artifact=key, kind="model", digest=key),
                        *(VersionNamed(kind="model", name=name, artifact=key) for name in NAMES),
                    ]
                )

        for outcome in at_once(*(lambda t=t: work(t) for t in range(16))):
            if outcome is not None:
                raise outcome


def test_sixty_four_writers_number_versions_densely(location):
    """Four processes of sixteen threads, all on the same names."""
    spawn = multiprocessing.get_context("spawn")
    open_store(**location, create=True).close()
    workers = [spawn.Process(target=register, args=(location, n, 3)) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * 4
    with open_store(**location) as store:
        for name in NAMES:
            rows = store.versions("model", name)
            assert [row.version for row in rows] == list(range(192, 0, -1))
            assert len({row.artifact for row in rows}) == 192
        assert [one.seq for one in store.events()] == list(range(1, 192 * 4 + 1))
        assert list(store.verify()) == []


class TestRefusals:
    def test_what_was_refused_is_remembered_and_is_no_fault(self, store):
        taken = gap("first")
        store.append([gap("before"), taken])
        other = gap("other", id=taken.id)
        for _ in range(2):
            with pytest.raises(EventConflict, match=taken.id):
                store.append([gap("beside"), other])
        (refusal,) = store.refusals()
        assert (refusal.id, refusal.seq) == (taken.id, 2)
        assert refusal.leaf == merkle.leaf_hash(encode(other)).hex()
        store.rebuild()
        assert len(store.refusals()) == 1

    def test_two_events_of_one_call_may_not_share_an_id_either(self, store):
        first = gap("first")
        with pytest.raises(EventConflict):
            store.append([first, gap("other", id=first.id)])
        assert store.head().size == 0
        assert [(one.id, one.seq) for one in store.refusals()] == [(first.id, None)]


class TestExpectations:
    @pytest.fixture(autouse=True)
    def versions(self, store):
        for key in ("a", "b"):
            store.append([VersionNamed(kind="model", name="churn", artifact=key)])

    def move(self, store, version, expected):
        expect = Expected(kind="model", name="churn", alias="champion", version=expected)
        event = AliasMoved(kind="model", name="churn", alias="champion", version=version, by="user")
        return store.append([event], expect=expect)

    def test_an_alias_is_moved_only_from_where_it_is_expected(self, store):
        self.move(store, 1, None)
        self.move(store, 2, 1)
        for expected, words in ((1, "not to version 1"), (None, "no longer to none")):
            with pytest.raises(Conflict, match=f"points to version 2, {words}"):
                self.move(store, 1, expected)
        assert store.alias("model", "churn", "champion").version == 2
        self.move(store, None, 2)
        with pytest.raises(Conflict, match="points to no version, not to version 2"):
            self.move(store, 1, 2)

    def test_of_many_that_expect_the_same_one_moves_it(self, store):
        self.move(store, 1, None)
        outcomes = at_once(*[lambda: self.move(store, 2, 1)] * 8)
        assert sum(not isinstance(one, Conflict) for one in outcomes) == 1
        assert len(store.alias_history("model", "churn")) == 2


class TestNul:
    def test_a_nul_is_kept_in_the_event_and_told_as_a_mark(self, store):
        events = [
            RunStarted(run="r", kind="run", name="tr\0ain.py", time=START),
            ParamsLogged(run="r", params={"a\0b": ["c\0", r"\u0000"]}, time=START),
            gap("\0\0"),
        ]
        store.append(events)
        assert [one.body for one in store.events()] == [encode(event) for event in events]
        row = store.run("r")
        assert row.name == "tr\ufffdain.py"
        assert row.params == {"a\ufffdb": ["c\ufffd", r"\u0000"]}
        assert [one.what for one in store.gaps(["r"])] == ["\ufffd\ufffd"]
        assert store.append(events).duplicates == 3

    def test_nobody_can_ask_with_one(self, store):
        for ask in (store.node, store.find_artifacts, store.find_location, store.run):
            with pytest.raises(InvalidInput, match="NUL"):
                ask("a\0b")

    def test_an_id_holds_none(self, store):
        with pytest.raises(InvalidInput, match="NUL"):
            store.append([gap("x", id="a\0b")])


class TestSeries:
    def packet(self, store, values, *, keys=("loss",), first=0, **more):
        points, series = [], []
        for n, value in enumerate(values):
            time = int((START + timedelta(seconds=first + n)).timestamp() * 1e6)
            points.append(Point(n % len(keys), time, first + n, value))
        for n, key in enumerate(keys):
            mine = [point for point in points if point.series == n]
            last = Metric(key=key, value=mine[-1].value, step=mine[-1].step)
            at = START + timedelta(seconds=mine[-1].step)
            least, greatest = (choose(one.value for one in mine) for choose in (min, max))
            facts = {"time": at, "count": len(mine), "least": least, "greatest": greatest} | more
            series.append(Series(run="r", last=last, **facts))
        packet = pack(points)
        return SeriesLogged(
            run="r",
            points=store.blobs.put(packet),
            size=len(packet),
            count=len(points),
            series=series,
        )

    def test_in_short_and_in_full(self, store):
        store.append([MetricsLogged(run="r", metrics=[Metric(key="f1", value=0.5)], time=START)])
        store.append([self.packet(store, [3.0, 8.0, 2.0, 7.0], keys=("loss", "rate"))])
        store.append([self.packet(store, [1.5, 2.5], keys=("loss",), first=4)])
        f1, rate, loss = store.metrics(runs=["r"])
        assert (f1.metric.key, f1.points) == ("f1", 1)
        assert (rate.metric, rate.points) == (Metric(key="rate", value=7.0, step=3), 2)
        assert (rate.least, rate.greatest) == (7.0, 8.0)
        assert (loss.metric, loss.points) == (Metric(key="loss", value=2.5, step=5), 4)
        assert (loss.least, loss.greatest, loss.seq) == (1.5, 3.0, 3)
        assert loss.at == START + timedelta(seconds=5)
        every = store.metrics(runs=["r"], points=True)
        assert [(row.metric.key, row.metric.value) for row in every] == [
            ("f1", 0.5),
            ("loss", 3.0),
            ("rate", 8.0),
            ("loss", 2.0),
            ("rate", 7.0),
            ("loss", 1.5),
            ("loss", 2.5),
        ]
        assert [row.metric.step for row in every] == [None, 0, 1, 2, 3, 4, 5]
        assert every[-1].at == START + timedelta(seconds=5)

    def test_what_was_written_again_after_a_disk_refused_it_is_told_once(self, store):
        at = [START + timedelta(seconds=n) for n in range(4)]
        figures = [Metric(key="f1", value=0.5), Metric(key="f2", value=0.5)]
        store.append([MetricsLogged(run="r", metrics=figures, time=at[2])])
        store.append([self.packet(store, [3.0, 8.0, 2.0])])
        again = MetricsLogged(run="r", metrics=[Metric(key="loss", value=8.0, step=1)], time=at[1])
        store.append([self.packet(store, [2.0, 7.0], first=2), again])
        every = store.metrics(runs=["r"], points=True)
        loss = sorted((row.metric.step, row.metric.value) for row in every[2:])
        assert loss == [(0, 3.0), (1, 8.0), (2, 2.0), (3, 7.0)]

    def test_as_of_and_by_model(self, store):
        model = of_bytes(b"model")
        store.append([self.packet(store, [1.0], model=model, split="test", params={"k": 1})])
        store.append([self.packet(store, [2.0], first=1, model=model, split="test")])
        (early,) = store.metrics(models=[model], seq=1)
        assert (early.metric.value, early.model, early.split) == (1.0, model, "test")
        assert early.params == {"k": 1}
        assert len(store.metrics(models=[model])) == 2
        assert len(store.metrics(models=[model], seq=1, points=True)) == 1
        assert store.node(model).kind == "unknown"

    def test_a_damaged_or_missing_packet_is_a_fault(self, store):
        event = self.packet(store, [1.0, 2.0])
        store.append([event])
        name = event.points.removeprefix("sha256:")
        path = store.blobs.root / name[:2] / name[2:]
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        assert [(fault.what, fault.where) for fault in store.verify()] == [("blob", event.points)]
        path.unlink()
        (fault,) = store.verify()
        assert (fault.what, fault.where) == ("missing-blob", event.points)
        with pytest.raises(NotFound):
            store.metrics(runs=["r"], points=True)
        assert store.metrics(runs=["r"])[0].points == 2
        path.write_bytes(whole)
