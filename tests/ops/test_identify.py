from __future__ import annotations

from forebear.core.digest import of_bytes
from forebear.ops.identify import IdentifyRequest
from forebear.ops.table import Target
from story import RAW


def test_a_ref_becomes_an_artifact_with_its_places(store, story, client):
    store.append(story.events)
    answer = client.call(IdentifyRequest(target=Target(ref="data:raw")))
    assert answer.node.id == of_bytes(RAW)
    assert (answer.version.name, answer.version.version) == ("raw", 1)
    assert [place.uri for place in answer.locations] == [str(story.at / "data/raw.csv")]
    assert answer.others == []
