import json

import pytest

from forebear.core import merkle
from forebear.core.digest import to_raw
from forebear.core.errors import CorruptStore, InvalidInput, UnknownRef
from forebear.core.events import GapNoticed, decode
from forebear.ops.proofs import AnchorRequest, ProveRequest, TreeRequest
from forebear.ops.registry import AliasRequest
from forebear.ops.table import Target


@pytest.fixture
def trained(story, store):
    story.train(4, 0.8)
    story.train(8, 0.9, save="second.pkl")
    store.append(story.events)
    return story


def prove(client, ref, size=None):
    return client.call(ProveRequest(target=Target(ref=ref), size=size))


def check(answer):
    for event in answer.events:
        leaf = merkle.leaf_hash(event.body.encode())
        assert event.leaf == f"sha256:{leaf.hex()}"
        assert event.index == event.seq - 1
        proof = [to_raw(step) for step in event.proof]
        merkle.verify_inclusion(event.index, answer.size, leaf, proof, to_raw(answer.root))
    assert [event.number for event in answer.events] == list(range(1, len(answer.events) + 1))


def test_a_version_is_proved_by_its_naming_its_content_and_its_making(client, store, trained):
    answer = prove(client, "churn:1")
    check(answer)
    assert (answer.size, answer.root) == (store.head().size, store.head().root)
    whats = [event.what for event in answer.events]
    assert whats[0] == "version"
    assert {"artifact", "making"} <= set(whats)
    said = [json.loads(event.body)["event"] for event in answer.events]
    assert said[0] == "version"
    assert "as a version of the model churn" in answer.events[0].words


def test_an_alias_is_proved_with_what_pointed_it_there(client, store, trained):
    client.call(AliasRequest(name="churn", alias="champion", version=1))
    answer = prove(client, "churn@champion")
    check(answer)
    assert [event.what for event in answer.events][:2] == ["version", "alias"]
    assert answer.events[1].words.startswith("ops pointed churn@champion to version 1")
    assert "ops" not in answer.events[1].body


def test_a_run_and_an_artifact_are_proved_by_what_began_them(client, trained, store):
    run = store.runs()[0]
    answer = prove(client, f"run:{run.id}")
    check(answer)
    assert decode(answer.events[0].body.encode()).run == run.id
    assert {event.what for event in answer.events} == {"run"}
    digest = store.versions("model", "churn")[0].digest
    answer = prove(client, digest)
    check(answer)
    assert "artifact" in {event.what for event in answer.events}


def test_a_proof_can_be_asked_of_the_log_as_it_was(client, store, trained):
    before = store.head()
    store.append(GapNoticed(run="r", what=str(number)) for number in range(600))
    answer = prove(client, "churn:1", before.size)
    assert (answer.size, answer.root) == (before.size, before.root)
    check(answer)
    check(prove(client, "churn:1"))


@pytest.mark.parametrize("size", [0, -1, 10_000])
def test_a_size_that_the_log_never_had(client, trained, size):
    with pytest.raises(InvalidInput, match="nothing is proved at"):
        prove(client, "churn:1", size)


def test_what_is_unknown_or_came_later_is_not_proved(client, store, trained):
    with pytest.raises(UnknownRef):
        prove(client, "nothing")
    with pytest.raises(UnknownRef):
        prove(client, "churn:2", 3)


def test_growth_is_proved(client, store, trained):
    sizes = [store.head()]
    for _ in range(3):
        store.append(GapNoticed(run="r", what=str(number)) for number in range(300))
        sizes.append(store.head())
    for earlier in sizes:
        answer = client.call(TreeRequest(since=earlier.size))
        assert (answer.since_root, answer.root) == (earlier.root, sizes[-1].root)
        proof = [to_raw(step) for step in answer.proof]
        roots = to_raw(earlier.root), to_raw(answer.root)
        merkle.verify_consistency(earlier.size, answer.size, proof, *roots)
    assert client.call(TreeRequest()).since_root == f"sha256:{merkle.EMPTY_ROOT.hex()}"
    later = client.call(TreeRequest(since=answer.size + 1))
    assert (later.since_root, later.proof) == (None, [])
    with pytest.raises(InvalidInput):
        client.call(TreeRequest(since=-1))


def test_remembered_hashes_that_are_wrong_are_made_again(client, store, tmp_path):
    store.append(GapNoticed(run="r", what=str(number)) for number in range(1000))
    client.call(TreeRequest(since=700))
    path = tmp_path / ".forebear/tree/8"
    right = path.read_bytes()
    path.write_bytes(bytes(len(right)))
    store.tree._known.clear()
    before = client.call(TreeRequest(since=700))
    assert path.read_bytes() == right
    assert before.since_root is not None


def test_a_log_that_is_not_what_its_head_says_proves_nothing(client, store, monkeypatch):
    store.append(GapNoticed(run="r", what=str(number)) for number in range(10))
    leaves = store.leaf_hashes(0, 10)
    leaves[3] = merkle.leaf_hash(b"another")
    monkeypatch.setattr(store.tree, "_leaf_hashes", lambda start, stop: leaves[start:stop])
    with pytest.raises(CorruptStore, match=r"nothing can be proved|not what was written"):
        client.call(TreeRequest(since=5))


def test_the_log_is_compared_with_an_anchor(client, store):
    store.append(GapNoticed(run="r", what=str(number)) for number in range(10))
    head = store.head()
    store.append([GapNoticed(run="r", what="more")])
    answer = client.call(AnchorRequest(size=head.size, root=head.root))
    assert answer.well
    assert answer.message == "The first 10 of 11 events are those of the checkpoint."
    answer = client.call(AnchorRequest(size=9, root=head.root))
    assert not answer.well
    assert "history was rewritten, or it is another log" in answer.message
    answer = client.call(AnchorRequest(size=12, root=head.root))
    assert not answer.well
    assert "speaks of 12 events, and the log has only 11" in answer.message
    empty = f"sha256:{merkle.EMPTY_ROOT.hex()}"
    assert client.call(AnchorRequest(size=0, root=empty)).well
