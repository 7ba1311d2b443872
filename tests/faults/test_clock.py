"""A clock that jumps back or on: order is that of the ledger, and nobody is let in for longer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from forebear.core import clock
from forebear.core.events import RunStarted, decode, encode
from forebear.core.ids import new_id
from forebear.store import open_store
from server.access.house import House


class Clock:
    """What the machine says is the time."""

    def __init__(self) -> None:
        self.off = timedelta()

    def now(self, zone: object = None) -> datetime:
        return datetime.now(UTC) + self.off

    def __getattr__(self, name: str) -> object:
        return getattr(datetime, name)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(clock, "datetime", found)
    return found


@pytest.fixture
def house(tmp_path):
    with open_store(tmp_path / ".forebear", create=True) as store, House(store) as house:
        yield house


def started(asking) -> str:
    run = new_id()
    event = encode(RunStarted(run=run, kind="run", name="x"))
    assert asking.request("POST", "/api/v1/ledger/events", content=event).status_code == 200
    return run


@pytest.mark.parametrize("jump", [timedelta(days=-1), timedelta(days=1), timedelta(days=-400)])
def test_what_is_recorded_keeps_its_order_whatever_the_clock_says(house, machine, jump):
    ada = house.as_("ada", ("contributor", "default"), lasts=timedelta(days=3))
    first = started(ada)
    machine.off = jump
    second = started(ada)
    machine.off = timedelta()
    third = started(ada)
    times = [one.recorded for one in house.store.events()]
    assert times == sorted(times)
    runs = [decode(one.body).run for one in house.store.events()]
    assert runs == [first, second, third]
    assert list(house.store.verify()) == []
    told = ada.call("runs", as_of=(times[-1] + timedelta(seconds=1)).isoformat())
    assert {one["id"] for one in told["runs"]} == {first, second, third}
    assert house.admin().call("access-log", verify=True)["entries"]


def test_a_token_that_is_over_stays_over_when_the_clock_goes_on(house, machine):
    house.account("ada", ("viewer", "default"))
    ada = house.with_(house.token("ada", lasts=timedelta(hours=1)))
    assert ada.get("/api/v1/models").status_code == 200
    machine.off = timedelta(hours=2)
    assert ada.get("/api/v1/models").status_code == 401


def test_what_was_revoked_or_closed_stays_so_when_the_clock_goes_back(house, machine):
    house.account("ada", ("viewer", "default"))
    secret = house.token("ada")
    ada = house.with_(secret)
    id = ada.call("tokens")["tokens"][0]["id"]
    ada.call("token-revoke", id=id)
    machine.off = timedelta(days=-1)
    assert ada.get("/api/v1/models").status_code == 401
    house.admin().call("account-close", name="ada")
    machine.off = timedelta(days=-2)
    assert house.with_(secret).get("/api/v1/models").status_code == 401


def test_limits_know_nothing_of_the_clock(house, machine):
    for guess in range(40):
        house.with_(f"fbr_{guess:040d}").get("/api/v1/models")
    machine.off = timedelta(days=400)
    assert house.with_(f"fbr_{99:040d}").get("/api/v1/models").status_code == 429
