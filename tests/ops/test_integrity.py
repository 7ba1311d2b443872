from __future__ import annotations

from pathlib import Path

from forebear.ops.integrity import VerifyRequest


def test_a_sound_store_is_well_and_counted(store, story, client):
    store.append(story.events)
    store.blobs.put(b"kept")
    answer = client.call(VerifyRequest())
    assert answer.well
    assert answer.faults == []
    assert answer.events == len(story.events)
    assert answer.artifacts == len({e.artifact for e in story.events if hasattr(e, "digest")})
    assert answer.blobs == 1
    assert answer.root == store.head().root


def test_a_damaged_blob_is_found(store, client, tmp_path: Path):
    digest = store.blobs.put(b"kept")
    (kept,) = [p for p in (tmp_path / ".forebear/blobs").rglob("*") if p.is_file()]
    kept.chmod(0o600)
    kept.write_bytes(b"other")
    answer = client.call(VerifyRequest())
    assert not answer.well
    assert [fault.what for fault in answer.faults] == ["blob"]
    assert digest in answer.faults[0].where + answer.faults[0].message
