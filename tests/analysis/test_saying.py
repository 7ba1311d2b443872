from __future__ import annotations

from datetime import UTC, datetime

import pytest

from forebear.analysis.saying import in_words
from forebear.core import events
from forebear.core.entities import Metric

WHEN = datetime(2026, 3, 1, tzinfo=UTC)
DIGEST = "sha256:" + "ab" * 32
SHORT = "sha256:abababababab"
USED = [events.Link(artifact=DIGEST, role="train"), events.Link(artifact="d2")]

SAID = [
    (
        events.RunStarted(run="r1", kind="train", name="t.py", command=["python", "t.py"]),
        "The run r1 (train t.py) was started: python t.py.",
    ),
    (
        events.RunStarted(run="r1", kind="run", name="t.py", attrs={"by": "ops"}),
        "The run r1 (run t.py) was started by ops.",
    ),
    (events.RunEnded(run="r1", status="finished"), "The run r1 ended as finished."),
    (
        events.RunEnded(run="r1", status="failed", error="KeyError: 'x'"),
        "The run r1 ended as failed: KeyError: 'x'.",
    ),
    (
        events.StepRecorded(
            run="s1",
            parent="r1",
            kind="train",
            name="fit",
            started=WHEN,
            ended=WHEN,
            used=USED,
            generated=[events.Link(artifact="m1")],
        ),
        f"The step s1 (train fit) of the run r1 used {SHORT} as train, d2 and generated m1.",
    ),
    (
        events.ArtifactRecorded(artifact=DIGEST, kind="file", digest=DIGEST, label="a.csv"),
        f"The file {DIGEST} (a.csv) was recorded.",
    ),
    (
        events.ArtifactRecorded(artifact="d2", kind="data", digest=DIGEST),
        f"The data d2 was recorded with the content {DIGEST}.",
    ),
    (
        events.LocationSeen(artifact=DIGEST, uri="/data/a.csv", mode="read"),
        f"{SHORT} was seen at /data/a.csv (read).",
    ),
    (events.EdgesRecorded(run="r1"), "The run r1 used nothing."),
    (
        events.EdgesRecorded(run="r1", used=[events.Link(artifact=str(n)) for n in range(6)]),
        "The run r1 used 6 artifacts.",
    ),
    (
        events.Derived(source="a", target="b", relation="copy"),
        "b comes from a (copy, declared).",
    ),
    (
        events.ParamsLogged(run="r1", params={"seed": 1, "depth": 4}),
        "The run r1 had the settings depth and seed.",
    ),
    (
        events.MetricsLogged(run="r1", metrics=[Metric(key="f1", value=0.5)], model="m1"),
        "The run r1 measured f1 = 0.5 about m1.",
    ),
    (
        events.GapNoticed(run="r1", what="A file was not read."),
        "In the run r1 something was not seen: A file was not read.",
    ),
    (
        events.VersionNamed(kind="model", name="churn", artifact=DIGEST, by="ops"),
        f"{SHORT} was registered by ops as a version of the model churn.",
    ),
    (
        events.VersionNamed(kind="data", name="raw", artifact="d2", automatic=True),
        "d2 was registered automatically as a version of the data raw.",
    ),
    (
        events.AliasMoved(kind="model", name="m", alias="best", version=3, by="ops", why="better"),
        "ops pointed m@best to version 3 (better).",
    ),
    (
        events.AliasMoved(kind="model", name="m", alias="best", version=None, by="ops"),
        "ops pointed m@best to no version.",
    ),
    (
        events.ReproductionRecorded(
            artifact="m1",
            run="r1",
            verdict="bitwise",
            reason="All 2 files are equal.",
            environment="rebuilt",
            by="ops",
        ),
        "m1 was made again by ops, with the verdict bitwise: All 2 files are equal.",
    ),
    (
        events.Stated(topic="licence", about=DIGEST, value="MIT", by="ops", why="file read"),
        f"About {SHORT} the licence was stated by ops (file read).",
    ),
    (
        events.Stated(topic="licence", about="data:adult", value={"spdx": "MIT", "terms": ["x"]}),
        "About data:adult the licence was stated: spdx MIT.",
    ),
    (
        events.Stated(topic="tag", about="data:adult", key="pii", value=None),
        "About data:adult the tag pii was taken back.",
    ),
]


@pytest.mark.parametrize(("event", "words"), SAID)
def test_an_event_in_words(event, words):
    assert in_words(event) == words


def test_a_type_of_event_without_words_of_its_own_is_named():
    class Unheard(events.Event, frozen=True, kw_only=True, tag="unheard"):
        run: str

    assert in_words(Unheard(run="r1")) == "A record of the type unheard about the run r1."
