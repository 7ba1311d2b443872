"""Bad inputs from somebody who has an account and is in another workspace: they learn nothing."""

import base64

import pytest

from forebear.core.access import DEFAULT
from forebear.ops.table import operations
from hostile import lists, places
from hostile.attack import Attack, some
from hostile.seeded import seeded
from server.access.house import House

TEXTS = [*lists.PATHS, *lists.URIS, *lists.NAMES, *lists.FILTERS, *lists.OTHER_KINDS]
OURS = ("churn", "clean.parquet", "raw.csv", "train.py")
"""What is recorded in the default workspace."""
AS_JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with seeded(tmp_path_factory.mktemp("strangers")) as store, House(store) as house:
        yield house


@pytest.fixture(scope="module")
def stranger(house):
    return Attack(house.as_("grace", ("contributor", "team")), house.store)


PLACES = [*places.of_operations(), *places.of_events()]


def said(place, token):
    """Return a request: what it writes bears no word that others have written."""
    body = place.said(token)
    asks = place.call in operations() and operations()[place.call].reads
    return body if asks else body.replace(b"churn", b"mine")


@pytest.mark.parametrize("call", dict.fromkeys(place.call for place in PLACES))
def test_nothing_of_other_workspaces_is_in_any_answer(stranger, call):
    for place in (one for one in PLACES if one.call == call):
        values = lists.NUMBERS if place.kind == "number" else TEXTS
        for token in some(values, f"stranger {place.call} {place.field}", 1):
            body = said(place, token)
            answer = stranger(place.method, place.path, content=body, headers=AS_JSON)
            sent = body.decode("utf-8", "replace")
            told = [word for word in OURS if word in answer.text and word not in sent]
            assert told == [], (place.call, place.field, token[:80])


def test_a_cursor_of_another_workspace_is_none_here(house, stranger):
    owner = house.as_("ada", ("viewer", DEFAULT))
    told = owner.call("search", 200, query="churn", limit=1)
    assert told["next"] is not None
    for cursor in (told["next"], base64.urlsafe_b64encode(b'[1,"model:churn"]').decode()):
        for listed in ("models", "data", "deployments"):
            answer = stranger("POST", f"/api/v1/{listed}", json={"limit": 1, "after": cursor})
            assert answer.status_code == 400
            assert answer.json()["code"] == "invalid-input"


def test_guessing_tokens_is_answered_alike_and_leaves_nothing_behind(house):
    before, events = house.kept.log(), house.store.head()
    for guess in range(2000):
        answer = house.with_(f"fbr_{guess:040d}").get("/api/v1/models")
        # Who guesses for long is told to wait, and learns no more by it.
        assert answer.status_code in {401, 429}
        assert "churn" not in answer.text
    assert house.store.head() == events
    assert len(house.kept.log()) - len(before) < 100
