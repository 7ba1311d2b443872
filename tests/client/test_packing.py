"""Points on their way into the ledger: packed beyond the first, and never lost or doubled."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forebear.client import packing
from forebear.client.drain import drain, host_id
from forebear.client.packing import Packer, Place
from forebear.client.spool import SpoolHeader, SpoolWriter
from forebear.core.entities import Metric, finite
from forebear.core.events import (
    AnyEvent,
    GapNoticed,
    MetricsLogged,
    RunEnded,
    RunStarted,
    SeriesLogged,
    decode,
    encode,
)
from forebear.core.points import unpack
from forebear.core.ports import Store
from forebear.store import open_store
from forebear.store.blobs import FileBlobs

START = datetime(2026, 3, 1, tzinfo=UTC)
RUN = "0192a000-0000-7000-8000-000000000001"


def logged(step: int, *values: float, seconds: float | None = None, **more: object) -> AnyEvent:
    return MetricsLogged(
        run=RUN,
        metrics=[
            Metric(key=f"m{n}", value=finite(value), step=step) for n, value in enumerate(values)
        ],
        time=START + timedelta(seconds=step * 0.01 if seconds is None else seconds),
        **more,
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterable[Store]:
    with open_store(tmp_path, create=True) as store:
        yield store
        assert list(store.verify()) == []


def record(folder: Path, events: Iterable[AnyEvent]) -> SpoolWriter:
    writer = SpoolWriter(folder / "spool", SpoolHeader(run=RUN, pid=1, host=host_id()))
    for event in events:
        writer.append(event)
    return writer


def said(events: Iterable[AnyEvent]) -> list[tuple[str, int | None, object]]:
    return [
        (metric.key, metric.step, metric.value)
        for event in events
        if isinstance(event, MetricsLogged)
        for metric in event.metrics
    ]


def found(store: Store) -> list[tuple[str, int | None, object]]:
    rows = store.metrics(runs=[RUN], points=True)
    return [(row.metric.key, row.metric.step, row.metric.value) for row in rows]


def kinds(store: Store) -> list[str]:
    return [type(decode(one.body)).__name__ for one in store.events()]


def test_many_points_are_few_events_and_all_there(tmp_path: Path, store: Store) -> None:
    odd = [math.nan, math.inf, -math.inf, -0.0, 5e-324, 1.7976931348623157e308]
    events = [logged(step, odd[step % 6], math.sin(step)) for step in range(3000)]
    begun = RunStarted(run=RUN, kind="run", name="train.py", attrs={"host": host_id()})
    record(tmp_path, [begun, *events, RunEnded(run=RUN, status="finished")]).close()
    drain(tmp_path, store)
    assert found(store) == said(events)
    assert str(found(store)) == str(said(events))  # tells -0.0 from 0.0
    assert kinds(store).count("MetricsLogged") == packing.FEW / 2
    assert kinds(store).count("SeriesLogged") == 1
    short = {row.metric.key: row for row in store.metrics(runs=[RUN]) if row.points > 1}
    assert {key: row.metric.step for key, row in short.items()} == {"m0": 2999, "m1": 2999}
    assert (short["m0"].least, short["m0"].greatest) == ("-Infinity", "Infinity")
    assert short["m1"].points == 2900
    times = [row.at for row in store.metrics(runs=[RUN], points=True)][::2]
    assert times == [event.time for event in events]


def test_few_points_are_seen_at_once_while_the_program_runs(tmp_path: Path, store: Store) -> None:
    events = [logged(step, step / 7) for step in range(150)]
    writer = record(tmp_path, events)
    drain(tmp_path, store)
    assert found(store) == said(events)
    assert set(kinds(store)) == {"MetricsLogged"}
    writer.close()


def test_a_running_program_shows_whole_packets_and_its_end_the_rest(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "MOST", 50)
    monkeypatch.setattr(packing, "FEW", 10)
    events = [logged(step, step / 7) for step in range(200)]
    writer = record(tmp_path, events[:130])
    drain(tmp_path, store)
    assert found(store) == said(events[:110])
    for event in events[130:]:
        writer.append(event)
        if event.metrics[0].step % 9 == 0:
            drain(tmp_path, store)
    writer.close()
    drain(tmp_path, store)
    assert found(store) == said(events)


def test_packets_do_not_wait_for_long(tmp_path: Path, store: Store, monkeypatch) -> None:
    monkeypatch.setattr(packing, "FEW", 0)
    events = [logged(step, 1.0, seconds=step * 10) for step in range(100)]
    writer = record(tmp_path, events)
    drain(tmp_path, store)
    assert len(found(store)) == 93  # three packets of 31 points, 300 s each
    writer.close()


def test_figures_without_a_step_and_other_events_go_as_they_are(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "FEW", 0)
    final = MetricsLogged(run=RUN, metrics=[Metric(key="f1", value=0.5)])
    gap = GapNoticed(run=RUN, what="x")
    steps = [logged(step, 1.0) for step in range(20)]
    record(tmp_path, [*steps[:10], final, gap, *steps[10:]]).close()
    drain(tmp_path, store)
    bodies = [one.body for one in store.events()]
    assert encode(final) in bodies
    assert encode(gap) in bodies
    assert len(bodies) == 3


def test_what_a_later_version_says_of_points_is_not_cut_off(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "FEW", 0)
    monkeypatch.setattr(packing, "encode", lambda event: encode(event) + b" ")
    record(tmp_path, [logged(step, 1.0) for step in range(20)]).close()
    drain(tmp_path, store)
    assert set(kinds(store)) == {"MetricsLogged"}


def test_a_step_of_more_than_64_bits_is_refused_alone(tmp_path: Path, store: Store) -> None:
    steps = [logged(step, 1.0) for step in range(300)]
    record(tmp_path, [*steps, logged(2**70, 1.0, seconds=3.01)]).close()
    report = drain(tmp_path, store)
    assert "64 bits" in report.notes[0]
    assert len(found(store)) == 300


events_of_a_program = st.lists(
    st.one_of(
        st.builds(lambda n: ("point", n), st.integers(1, 3)),
        st.just(("gap", 0)),
        st.just(("pause", 0)),
    ),
    max_size=80,
)


@settings(max_examples=60, deadline=None)
@given(script=events_of_a_program, stops=st.lists(st.integers(0, 80), max_size=6))
def test_wherever_reading_stops_and_goes_on_the_same_comes_out(
    tmp_path_factory: pytest.TempPathFactory, script: list, stops: list[int]
) -> None:
    """A program that is read while it runs gives the events of one read at its end."""
    blobs = FileBlobs(tmp_path_factory.mktemp("blobs"))
    records, clock = [], 0.0
    for n, (what, number) in enumerate(script):
        clock += 400 if what == "pause" else 0.5
        event = (
            logged(n, *[float(n)] * number, seconds=clock)
            if what == "point"
            else GapNoticed(run=RUN, what=what)
        )
        records.append((encode(event), n + 1))

    def read(stop: int, begin: Place, *, to_the_end: bool) -> list[tuple[bytes, Place]]:
        packer = Packer(RUN, blobs, begin)
        out = [
            one
            for body, after in records[begin.position : stop]
            for one in packer.take(body, after)
        ]
        return out + (list(packer.finish()) if to_the_end else [])

    limits = {"FEW": 6, "MOST": 12, "LEAST": 4}
    before = {name: getattr(packing, name) for name in limits}
    try:
        for name, value in limits.items():
            setattr(packing, name, value)
        whole = {body for body, _ in read(len(records), Place(), to_the_end=True)}
        place, pieces = Place(), []
        for stop in sorted(min(stop, len(records)) for stop in stops):
            out = read(stop, place, to_the_end=False)
            pieces += [body for body, _ in out]
            if out:
                place = out[len(out) // 2][1] if stop % 2 else out[-1][1]
        pieces += [body for body, _ in read(len(records), place, to_the_end=True)]
    finally:
        for name, value in before.items():
            setattr(packing, name, value)
    assert set(pieces) == whole
    points = sum(
        event.count if isinstance(event, SeriesLogged) else len(event.metrics)
        for event in map(decode, whole)
        if isinstance(event, SeriesLogged | MetricsLogged)
    )
    assert points == sum(number for what, number in script if what == "point")
    for event in map(decode, whole):
        if isinstance(event, SeriesLogged):
            assert len(unpack(blobs.get(event.points))) == event.count
