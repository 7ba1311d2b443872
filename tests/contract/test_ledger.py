"""The ledger of every store: events as they were written, in order, once."""

import threading
from functools import partial

import pytest

from contract.telling import (
    CODE,
    CSV,
    FITTED,
    MODEL,
    ROOT,
    STEP,
    artifact,
    at,
    ended,
    file,
    moved,
    named,
    started,
    step,
)
from forebear.core import merkle
from forebear.core.entities import Metric
from forebear.core.errors import EventConflict, InvalidInput
from forebear.core.events import (
    Derived,
    EdgesRecorded,
    GapNoticed,
    Link,
    MetricsLogged,
    RunEnded,
    decode,
    encode,
)
from forebear.store import appending, open_store, projections


class TestLedger:
    def test_a_new_store_is_empty(self, store):
        assert store.head().size == 0
        assert store.head().root == f"sha256:{merkle.EMPTY_ROOT.hex()}"
        assert list(store.events()) == []
        assert store.seq_at(at(0)) == 0
        assert store.node(CSV) is None
        assert store.run(ROOT) is None
        assert store.runs() == store.unfinished() == store.names("model") == []
        assert store.append([]).accepted == 0

    def test_events_lie_there_as_they_were_written(self, store):
        events = [started(), artifact(), ended()]
        done = store.append(events)
        assert (done.accepted, done.duplicates, done.head.size) == (3, 0, 3)
        stored = list(store.events())
        assert [one.seq for one in stored] == [1, 2, 3]
        assert [one.body for one in stored] == [encode(event) for event in events]
        assert [decode(one.body) for one in stored] == events
        leaves = [merkle.leaf_hash(one.body) for one in stored]
        assert done.head == store.head()
        assert done.head.root == f"sha256:{merkle.root(leaves).hex()}"
        assert [one.seq for one in store.events(after=2)] == [3]

    def test_bytes_are_kept_verbatim_with_fields_of_the_future(self, store):
        body = encode(started()).replace(b'{"event"', b'{ "colour": "blue", "event"')
        store.append_encoded([body])
        assert [one.body for one in store.events()] == [body]
        assert store.run(ROOT).name == "train.py"

    def test_the_same_event_twice_is_one(self, store):
        event = started()
        body = encode(event)
        assert store.append_encoded([body, body]).duplicates == 1
        again = store.append([event, ended()])
        assert (again.accepted, again.duplicates, again.head.size) == (1, 1, 2)

    def test_an_id_with_other_bytes_refuses_the_whole_call(self, store):
        event = started()
        store.append([event])
        before = store.head()
        with pytest.raises(EventConflict, match=event.id):
            store.append([artifact(), started(id=event.id, name="other.py")])
        assert store.head() == before
        assert store.node(CSV) is None

    def test_what_is_no_event_refuses_the_whole_call(self, store):
        for body in (b"", b"{}", b'{"event":"unheard-of"}', b"\xff", encode(started())[:-1]):
            with pytest.raises(InvalidInput, match="no event"):
                store.append_encoded([encode(artifact()), body])
        assert store.head().size == 0

    def test_a_number_beyond_64_bits_is_refused(self, store):
        with pytest.raises(InvalidInput):
            store.append([artifact(), artifact(MODEL, size=2**80)])
        assert store.head().size == 0

    def test_an_error_in_the_middle_leaves_nothing(self, store, monkeypatch):
        store.append([started()])
        before = store.head()

        def fail(*_):
            raise RuntimeError("in the middle")

        monkeypatch.setitem(projections._PROJECTORS, RunEnded, fail)
        many = [artifact(file(str(n))) for n in range(1500)]
        with pytest.raises(RuntimeError, match="in the middle"):
            store.append([*many, named(), ended()])
        monkeypatch.undo()
        assert store.head() == before
        assert store.nodes([file(str(n)) for n in range(1500)]) == {}
        assert store.names("model") == []
        store.append([ended()])
        assert store.run(ROOT).status == "finished"

    def test_many_events_in_one_call(self, store):
        events = [artifact(file(str(n)), label=str(n)) for n in range(2500)]
        done = store.append([*events, *events[:1200]])
        assert (done.accepted, done.duplicates) == (2500, 1200)
        assert [one.seq for one in store.events()] == list(range(1, 2501))
        assert len(store.nodes([event.artifact for event in events])) == 2500

    def test_recorded_time_never_goes_back(self, store, monkeypatch):
        for seconds in (0, 60, 30, 90):
            monkeypatch.setattr(appending, "now", partial(at, seconds))
            store.append([artifact(file(str(seconds)))])
        assert [one.recorded for one in store.events()] == [at(0), at(60), at(60), at(90)]
        assert store.seq_at(at(-1)) == 0
        assert store.seq_at(at(0)) == 1
        assert store.seq_at(at(59)) == 1
        assert store.seq_at(at(60)) == 3
        assert store.seq_at(at(10_000)) == 4

    def test_it_is_all_there_when_opened_again(self, location):
        with open_store(**location, create=True) as store:
            store.append([started(), artifact()])
            head = store.head()
        with open_store(**location) as store:
            assert store.head() == head
            assert store.run(ROOT).name == "train.py"

    def test_writers_in_threads_never_meet_a_lock(self, store):
        errors = []

        def write(worker):
            try:
                for n in range(12):
                    store.append([artifact(file(f"{worker} {n}")), named(file(f"{worker} {n}"))])
            except Exception as error:
                errors.append(error)

        threads = [threading.Thread(target=write, args=(worker,)) for worker in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        assert [row.version for row in store.versions("model", "churn")] == list(range(96, 0, -1))


def test_rebuilding_changes_no_answer(store):
    events = [
        started(),
        EdgesRecorded(run=ROOT, used=[Link(artifact=CODE, role="code")], context=True),
        artifact(CSV, kind="data", label="data.csv"),
        step(STEP, ROOT, used=[Link(artifact=CSV)], generated=[Link(artifact=FITTED)]),
        artifact(CSV, kind="data", label="data.csv", when=7),
        artifact(FITTED, kind="model", digest=file("fitted")),
        Derived(source=FITTED, target=MODEL, relation="export", run=STEP),
        named(MODEL),
        moved(1),
        MetricsLogged(run=STEP, metrics=[Metric(key="f1", value="NaN")], model=MODEL),
        ended(),
    ]
    for event in events:
        store.append([event])

    def answers():
        keys = [ROOT, STEP, CSV, CODE, FITTED, MODEL]
        return (
            store.nodes(keys),
            store.edges(keys, "up"),
            store.versions("model", "churn"),
            store.metrics(runs=[STEP]),
            [store.nodes(keys, seq=seq) for seq in range(len(events) + 1)],
        )

    before = answers()
    store.rebuild()
    assert answers() == before


class TestProofs:
    def test_the_hash_of_every_event_can_be_had(self, store):
        store.append(GapNoticed(run=ROOT, what=str(number)) for number in range(600))
        leaves = [merkle.leaf_hash(stored.body) for stored in store.events()]
        assert store.leaf_hashes(0, 600) == leaves
        assert store.leaf_hashes(10, 12) == leaves[10:12]
        assert f"sha256:{merkle.root_at(600, store.tree).hex()}" == store.head().root
        store.tree.forget()
        proof = merkle.inclusion_proof(599, 600, store.tree)
        merkle.verify_inclusion(599, 600, leaves[599], proof, merkle.root(leaves))

    def test_a_name_is_shown_until_it_is_erased(self, store):
        who = store.identities.commitment("zq-somebody-zq")
        event = named(MODEL, when=1, run=ROOT, by=who)
        store.append([event])
        head = store.head()
        assert store.versions(event.kind, event.name)[0].by == "zq-somebody-zq"
        store.erase_identity(store.identities.matching("zq-somebody-zq"))
        assert store.versions(event.kind, event.name)[0].by == f"erased (commitment {who[9:21]})"
        assert store.head() == head
        assert [decode(stored.body) for stored in store.events()] == [event]
