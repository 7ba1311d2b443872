"""How models were validated before, a page at a time, and what nobody can read of it."""

from __future__ import annotations

import pytest
from msgspec import structs

from forebear.core.digest import of_bytes
from forebear.core.errors import InvalidInput, NewerStore
from forebear.core.events import ArtifactRecorded, Derived, Stated, VersionNamed
from forebear.core.policies import APPROVAL
from forebear.core.validation import VALIDATION, Estimate, Validation
from forebear.ops.audit import AuditRequest
from forebear.ops.integrity import VerifyRequest
from forebear.ops.leaks import LeaksRequest
from forebear.ops.show import ShowRequest
from forebear.ops.table import Target
from forebear.ops.validation import PartsRequest
from forebear.ops.validations import ValidationsRequest

MODEL = of_bytes(b"weights")
CHURN = Target(ref="churn")


def validated(data, f1=0.9):
    value = Validation(
        data=of_bytes(data), data_title=data.decode(), task="classification", rows=10,
        main="f1", metrics={"f1": Estimate(f1)},
    )  # fmt: skip
    return VALIDATION.say(MODEL, value, key=of_bytes(data))


@pytest.fixture
def recorded(store):
    store.append([
        ArtifactRecorded(artifact=MODEL, kind="model", digest=MODEL, label="model.pkl"),
        VersionNamed(kind="model", name="churn", artifact=MODEL),
        *(validated(data, n / 10) for n, data in enumerate([b"a", b"b", b"a", b"c", b"b"])),
    ])  # fmt: skip
    return store


@pytest.mark.parametrize("ref", ["churn", "churn:1"])
def test_what_was_said_of_the_model_in_memory_is_told_of_its_version(recorded, client, ref):
    memory = of_bytes(b"in memory")
    recorded.append([
        ArtifactRecorded(artifact=memory, kind="model", digest=memory, label="m"),
        Derived(source=memory, target=MODEL, relation="export"),
        structs.replace(validated(b"d"), about=memory),
    ])  # fmt: skip
    answer = client.call(ValidationsRequest(target=Target(ref=ref)))
    assert {row.title for row in answer.validations} == {"churn:1"}
    assert answer.validations[0].model == memory


def test_where_only_a_model_can_be_meant_data_of_its_name_do_not_stand_in_the_way(recorded, client):
    data = of_bytes(b"rows")
    recorded.append([
        ArtifactRecorded(artifact=data, kind="data", digest=data, label="churn.csv"),
        VersionNamed(kind="data", name="churn", artifact=data),
    ])  # fmt: skip
    assert len(client.call(ValidationsRequest(target=CHURN)).validations) == 5
    parts = client.call(PartsRequest(model=CHURN, data=Target(ref="data:churn")))
    assert (parts.model.id, parts.data.id) == (MODEL, data)
    assert client.call(LeaksRequest(target=CHURN)).leaks is None


def test_pages_hold_each_validation_once_and_tell_which_ones_hold(recorded, client):
    seen, after, pages = [], None, 0
    while True:
        answer = client.call(ValidationsRequest(target=CHURN, limit=2, after=after))
        seen += [
            (row.validation.data_title, row.validation.metrics["f1"].value, row.current)
            for row in answer.validations
        ]
        pages += 1
        after = answer.next
        if after is None:
            break
        recorded.append([validated(b"later")])
    assert pages == 3
    assert seen == [
        ("b", 0.4, True), ("c", 0.3, True), ("a", 0.2, True), ("b", 0.1, False), ("a", 0.0, False),
    ]  # fmt: skip
    whole = client.call(ValidationsRequest(target=CHURN, limit=None))
    assert len(whole.validations) == 7
    assert whole.next is None


def test_a_cursor_of_another_list_is_refused(recorded, client):
    other = of_bytes(b"other")
    recorded.append([
        ArtifactRecorded(artifact=other, kind="model", digest=other, label="other.pkl"),
        VersionNamed(kind="model", name="other", artifact=other),
    ])  # fmt: skip
    page = client.call(ValidationsRequest(target=CHURN, limit=2))
    with pytest.raises(InvalidInput, match="does not belong to this list"):
        client.call(ValidationsRequest(target=Target(ref="other"), after=page.next))


def test_what_nobody_can_read_is_told_and_the_rest_is_answered(recorded, client, caplog):
    old = Stated(topic=VALIDATION.name, about=MODEL, key="old", value={"score": 0.9})
    recorded.append([old])
    answer = client.call(ValidationsRequest(target=CHURN))
    assert len(answer.validations) == 5
    (gap,) = answer.gaps
    assert gap.startswith(f"What is said on 'validation' about {MODEL} in event")
    assert "left out" in gap
    assert caplog.messages == []
    assert client.call(ShowRequest(target=CHURN)).title == "churn"
    assert caplog.messages == [gap]
    checked = client.call(VerifyRequest())
    assert checked.well
    assert len(checked.unread) == 1
    assert old.id in checked.unread[0]


def test_what_lets_through_does_not_do_without_what_was_said(recorded, client):
    recorded.append([Stated(topic=APPROVAL.name, about=MODEL, key="old", value={"words": 1})])
    with pytest.raises(NewerStore, match=r"'approval' about|newer forebear"):
        client.call(AuditRequest(target=CHURN))
