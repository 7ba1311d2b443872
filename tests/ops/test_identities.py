import pytest

from forebear.core.errors import InvalidInput, UnknownRef
from forebear.core.events import ArtifactRecorded, RunStarted
from forebear.core.ids import new_id
from forebear.ops.identities import EraseRequest
from forebear.ops.proofs import ProveRequest
from forebear.ops.registry import AliasRequest, HistoryRequest, NameRequest
from forebear.ops.table import Target

DIGEST = "sha256:" + "ab" * 32


@pytest.fixture
def named(client, store):
    store.append([ArtifactRecorded(artifact=DIGEST, kind="model", digest=DIGEST)])
    client.call(NameRequest(target=Target(ref=DIGEST), name="m"))
    client.call(AliasRequest(name="m", alias="best", version=1, why="it is"))
    return client


def test_events_carry_a_commitment_and_answers_the_name(named, store):
    bodies = b"".join(stored.body for stored in store.events())
    assert b'"by":"identity:' in bodies
    assert b'"ops"' not in bodies
    assert store.versions("model", "m")[0].by == "ops"
    assert named.call(HistoryRequest(name="m")).moves[0].by == "ops"


def test_reading_makes_no_identity(client, store, tmp_path):
    with pytest.raises(UnknownRef):
        client.call(HistoryRequest(name="m"))
    assert not (tmp_path / ".forebear/identities").exists()


def test_an_erased_name_is_gone_from_answers_and_proofs_stay(named, store):
    request = ProveRequest(target=Target(ref="m@best"))
    before = named.call(request)
    answer = named.call(EraseRequest(name="ops"))
    assert (len(answer.erased), answer.remaining) == (1, {})
    word = f"erased (commitment {answer.erased[0][9:21]})"
    assert store.versions("model", "m")[0].by == word
    assert named.call(HistoryRequest(name="m")).moves[0].by == word
    after = named.call(request)
    assert [e.proof for e in after.events] == [e.proof for e in before.events]
    assert [e.body for e in after.events] == [e.body for e in before.events]
    with pytest.raises(UnknownRef, match="Nobody called 'ops'"):
        named.call(EraseRequest(name="ops"))


def test_somebody_erased_who_comes_back_is_somebody_new(named, store):
    (old,) = named.call(EraseRequest(name="ops")).erased
    named.call(AliasRequest(name="m", alias="other", version=1))
    assert store.alias("model", "m", "other").by == "ops"
    assert store.alias("model", "m", "best").by == f"erased (commitment {old[9:21]})"
    assert named.call(EraseRequest(name="ops")).erased != [old]


def test_what_cannot_be_erased_is_said(named, store):
    started = RunStarted(run=new_id(), kind="run", name="r", cwd="/data/ops/x", command=["laptops"])
    store.append([started])
    answer = named.call(EraseRequest(name="ops"))
    assert answer.remaining == {"run-started": 1}
    assert named.call(EraseRequest(name="ops")).erased == []


@pytest.mark.parametrize("name", ["", "  "])
def test_nobody_is_not_erased(client, name):
    with pytest.raises(InvalidInput, match="whose name"):
        client.call(EraseRequest(name=name))
