"""Who asks too often waits, and nobody else does; clients wait by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from forebear.client.remotes.servers import ServerRemote
from forebear.core.errors import TooMany
from forebear.core.ports import Store
from forebear.core.secrets import new_secret
from forebear.ops.registry import ModelsRequest
from forebear.server.limits import Buckets, _place
from forebear.store import open_store
from server.access.house import House
from serving import over

RATE = 2.0
AT_ONCE = 20


@pytest.fixture
def moment() -> list[float]:
    """What a clock shows that tests put forward."""
    return [1000.0]


@pytest.fixture
def busy(store: Store, moment: list[float]) -> Iterator[House]:
    """A server that takes two requests a second of each account."""
    with House(store, limits={"rate": RATE, "clock": lambda: moment[0]}) as house:
        yield house


@pytest.fixture
def waited(moment: list[float], monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long our client has waited; the clock goes on by that."""
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        moment[0] += seconds

    monkeypatch.setattr("forebear.client.http.time.sleep", sleep)
    return waits


def codes(asking, times: int, path: str = "/api/v1/models") -> list[int]:
    return [asking.get(path).status_code for _ in range(times)]


def test_who_asks_too_often_is_told_when_to_come_again(busy: House, moment) -> None:
    ada = busy.as_("ada", ("viewer", "default"))
    assert codes(ada, AT_ONCE) == [200] * AT_ONCE
    answer = ada.get("/api/v1/models")
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "1"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "too-many"
    moment[0] += 1 / RATE
    assert codes(ada, 2) == [200, 429]


def test_nobody_else_waits(busy: House) -> None:
    ada, eve = (busy.as_(name, ("viewer", "default")) for name in ("ada", "eve"))
    assert 429 in codes(ada, AT_ONCE + 5)
    assert codes(eve, 5) == [200] * 5
    assert codes(ada, 5, "/readyz") == [200] * 5


def test_all_tokens_of_an_account_are_one(busy: House) -> None:
    ada, again = (busy.as_("ada", ("viewer", "default")) for _ in range(2))
    assert codes(ada, AT_ONCE) == [200] * AT_ONCE
    assert again.get("/api/v1/models").status_code == 429


def test_what_was_refused_has_changed_nothing(busy: House) -> None:
    ada = busy.as_("ada", ("contributor", "default"))
    before = busy.store.head().size
    told = [
        ada.post("/api/v1/alias", {"name": "churn", "alias": f"a{turn}", "version": 1}).status_code
        for turn in range(AT_ONCE + 5)
    ]
    assert busy.store.head().size - before == told.count(200) < len(told)


def test_the_log_says_who_asked_too_often_and_does_not_grow_without_end(busy: House) -> None:
    ada = busy.as_("ada", ("contributor", "default"))
    codes(ada, AT_ONCE)
    for turn in range(100):
        ada.call("alias", 429, name="churn", alias=f"a{turn}", version=1)
    busy.service._last[-1]()
    told = busy.kept.log(limit=1000)
    refused = [one for one in told if one.status == 429]
    assert {one.account for one in refused} == {busy.account("ada")}
    assert len(refused) == 60


def test_mlflow_is_told_in_its_words(busy: House) -> None:
    ada = busy.as_("ada", ("contributor", "default"))
    path = "/api/2.0/mlflow/experiments/get?experiment_id=0"
    codes(ada, AT_ONCE, path)
    answer = ada.get(path)
    assert (answer.status_code, answer.json()["error_code"]) == (429, "RESOURCE_EXHAUSTED")
    assert answer.headers["retry-after"] == "1"


def test_our_client_waits_and_goes_on(busy: House, waited: list[float]) -> None:
    busy.account("ada", ("viewer", "default"))
    with over(busy._http, busy.token("ada")) as client:
        for _ in range(AT_ONCE + 3):
            assert client.run(ModelsRequest()).models
    assert waited == [1.0, 1.0]


def test_our_client_waits_no_longer_than_it_would_for_an_answer(
    busy: House, waited: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forebear.client.http._SECONDS", 0.5)
    busy.account("ada", ("viewer", "default"))
    with over(busy._http, busy.token("ada")) as client:
        for _ in range(AT_ONCE):
            client.run(ModelsRequest())
        with pytest.raises(TooMany, match="ada asks more often"):
            client.run(ModelsRequest())
    assert waited == []


def test_kept_bytes_are_sent_again_whole(busy: House, waited: list[float], tmp_path: Path) -> None:
    codes(busy.as_("ada", ("contributor", "default")), AT_ONCE)
    with (
        over(busy._http, busy.token("ada")) as client,
        open_store(tmp_path / "mine", create=True) as mine,
    ):
        digest = mine.blobs.put(b"kept" * 1_000_000)
        remote = ServerRemote(client._connection)
        remote.keep(digest, mine.blobs)
        remote.close()
    assert waited == [1.0]
    assert busy.store.blobs.get(digest) == b"kept" * 1_000_000


def test_wrong_tokens_are_taken_so_many_times(busy: House) -> None:
    answers = [busy.with_(new_secret("api")).get("/api/v1/models") for _ in range(40)]
    told = [answer.status_code for answer in answers]
    assert told == [401] * 30 + [429] * 10
    assert answers[-1].headers["retry-after"] == "2"
    # Who has a right one comes in from the same address all the same.
    assert busy.as_("ada", ("viewer", "default")).get("/api/v1/models").status_code == 200


def test_who_comes_with_nothing_tries_nothing(house: House) -> None:
    assert codes(house.with_(None), 40) == [401] * 40


@pytest.mark.parametrize("way", ["session", "account-setup"])
def test_attempts_to_sign_in_are_taken_so_many_times(busy: House, way: str) -> None:
    secret = busy.setup_token()
    stranger = busy.with_(None, Origin="http://localhost")
    asked = {"token": new_secret("api" if way == "session" else "setup")}
    if way == "account-setup":
        asked["name"] = "eve"
    told = [stranger.post(f"/api/v1/{way}", asked).status_code for _ in range(35)]
    assert told == [401] * 30 + [429] * 5
    refused = stranger.post("/api/v1/account-setup", {"token": secret, "name": "ada"})
    assert refused.status_code == 429
    assert busy.kept.is_empty()
    assert stranger.get("/api/v1/sign-in").status_code == 200


def test_a_bucket_is_filled_steadily() -> None:
    moment = [100.0]
    buckets = Buckets(rate=10, most=5, clock=lambda: moment[0])
    taken = 0
    for step in range(1000):
        moment[0] = 100 + step / 100
        taken += not buckets.take("ada")
    assert 5 + 99 <= taken <= 5 + 100


def test_who_is_gone_is_forgotten() -> None:
    moment = [0.0]
    buckets = Buckets(rate=1, most=1, clock=lambda: moment[0])
    for number in range(30_000):
        moment[0] = number / 1000
        buckets.take(str(number))
    assert len(buckets._left) < 12_000


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("10.0.0.1", "10.0.0.2", False),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
    ],
)
def test_an_address_is_its_owners(one: str, other: str, same: bool) -> None:
    class Request:
        def __init__(self, host: str) -> None:
            self.client = type("Client", (), {"host": host})

    assert (_place(Request(one)) == _place(Request(other))) == same  # type: ignore[arg-type]
