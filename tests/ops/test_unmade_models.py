"""A model that nobody was seen to make: what its run noticed is said wherever it was saved."""

from forebear.core.clock import now
from forebear.core.digest import of_bytes
from forebear.core.events import (
    ArtifactRecorded,
    Derived,
    GapNoticed,
    LocationSeen,
    RunEnded,
    RunStarted,
)
from forebear.core.ids import new_id
from forebear.ops.lineage import TraceRequest, trace
from forebear.ops.table import Context, Target
from forebear.store import open_store


def test_the_gap_of_a_model_without_a_maker_is_told_with_its_file(tmp_path):
    run, model, file = new_id(), new_id(), of_bytes(b"saved")
    what = "How Sequential was trained was not seen."
    with open_store(tmp_path, create=True) as store:
        store.append([
            RunStarted(run=run, kind="run", name="loop.py", started=now()),
            ArtifactRecorded(artifact=model, kind="model", digest=of_bytes(b"w"), run=run),
            GapNoticed(run=run, what=what, artifact=model),
            ArtifactRecorded(artifact=file, kind="model", digest=file, run=run),
            LocationSeen(artifact=file, uri="/saved", mode="write", run=run),
            Derived(source=model, target=file, relation="export", evidence="observed"),
            RunEnded(run=run, status="finished", ended=now()),
        ])  # fmt: skip
        asked = TraceRequest(target=Target(ref=file))
        answer = trace(Context(store=store, by="ops"), asked)
    assert answer.gaps == ["How Sequential was trained was not seen"]
    assert not answer.complete
