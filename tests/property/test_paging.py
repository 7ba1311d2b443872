"""Pages of every list together are the list, whatever is recorded between one and the next."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forebear.client.client import LocalClient
from forebear.core.errors import InvalidInput
from forebear.core.events import AnyEvent, VersionNamed
from forebear.core.ports import Store
from forebear.core.recalls import Delivery
from forebear.ops.accounts import (
    AccountAddRequest,
    AccountCloseRequest,
    AccountsRequest,
    MemberAddRequest,
    MembersRequest,
)
from forebear.ops.catalog import DataRequest
from forebear.ops.deployments import DeploymentsRequest
from forebear.ops.notices import DeliveredRequest, DeliveriesRequest
from forebear.ops.recall import RecallRequest, RecallsRequest
from forebear.ops.registry import HistoryRequest, ModelsRequest
from forebear.ops.runs import RunsRequest
from forebear.ops.search import SearchRequest
from forebear.ops.table import Target
from forebear.ops.timeline import TimelineRequest
from forebear.ops.tokens import TokenAddRequest, TokensRequest
from forebear.store import open_store
from story import Story

LISTS: dict[str, tuple[Callable[..., Any], Callable[[Any], list[Any]], str]] = {
    "models": (ModelsRequest, lambda a: [one.name for one in a.models], "after"),
    "data": (DataRequest, lambda a: [one.name for one in a.data], "after"),
    "runs": (RunsRequest, lambda a: [one.id for one in a.runs], "before"),
    "steps": (
        lambda **more: RunsRequest(steps=True, **more),
        lambda a: [one.id for one in a.runs],
        "before",
    ),
    "deployments": (DeploymentsRequest, lambda a: [one.id for one in a.deployments], "after"),
    "history": (
        lambda **more: HistoryRequest(name="churn", **more),
        lambda a: [one.seq for one in a.moves],
        "after",
    ),
    "timeline": (
        lambda **more: TimelineRequest(name="churn", **more),
        lambda a: [(one.seq, one.words) for one in a.happened],
        "after",
    ),
    "recalls": (RecallsRequest, lambda a: [one.id for one in a.recalls], "after"),
    "deliveries": (
        DeliveriesRequest,
        lambda a: [(one.recall, one.delivery.target) for one in a.deliveries],
        "after",
    ),
    "search": (
        lambda **more: SearchRequest(query="churn", **more),
        lambda a: [one.ref for one in a.hits],
        "after",
    ),
}


STATE: dict[str, tuple[Callable[..., Any], Callable[[Any], list[Any]]]] = {
    "accounts": (AccountsRequest, lambda a: [one.name for one in a.accounts]),
    "members": (
        MembersRequest,
        lambda a: [(one.workspace, one.account, one.role) for one in a.members],
    ),
    "tokens": (TokensRequest, lambda a: [one.id for one in a.tokens]),
}
"""Lists of what changes in place."""

CURSORS = ["", "x", "e30", "WzEsMl0", "W10", "Wzk5OSwiYSJd", "WzFlOTksImEiXQ", "é", "a" * 20_000]
ARRIVING_LATE = {"runs", "steps"}
"""Lists in which something new may stand among the old: it began earlier than it was recorded."""


def more_of_all(store: Store, folder: Path, number: int) -> None:
    """Record one more of everything that there are lists of."""
    story = Story(folder)
    made = story.train(number, 0.5, save=f"churn{number}.pkl")
    story.serve(made.file)
    story.alias("champion", 1 + number % 2)
    store.append([*story.events, *named(folder, number)])
    recall = RecallRequest(target=Target(ref=f"data:table{number}"), reason="it is wrong")
    client = LocalClient(store, by="ops")
    told = Delivery(
        channel="webhook", target="https://ops.example", happening="opened",
        status="delivered", attempts=1,
    )  # fmt: skip
    client.call(DeliveredRequest(recall=client.call(recall).id, deliveries=[told]))


def named(folder: Path, number: int) -> list[AnyEvent]:
    story = Story(folder)
    table = story.file(f"table{number}.csv", b"a\n%d\n" % number)
    model = story.file(f"churn-model-{number}.pkl", b"model %d" % number, kind="model")
    story.say(VersionNamed(kind="data", name=f"table{number}", artifact=table))
    story.say(VersionNamed(kind="model", name=f"churn-{number}", artifact=model))
    return story.events


@pytest.mark.parametrize("listed", LISTS)
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(size=st.integers(1, 5), news=st.lists(st.booleans(), min_size=1, max_size=4))
def test_pages_are_the_list_as_it_was(listed: str, size: int, news: list[bool]) -> None:
    request, keys, option = LISTS[listed]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with open_store(folder / "store", create=True) as store:
            story = Story(folder)
            story.prepare()
            store.append(story.events)
            for number in range(2, 6):
                more_of_all(store, folder, number)
            client = LocalClient(store, by="ops")
            whole = keys(client.call(request(limit=1000)))
            assert len(whole) >= 4
            seen, page = [], client.call(request(limit=size))
            for number in range(6, 200):
                seen += keys(page)
                assert len(keys(page)) <= size
                if page.next is None:
                    break
                if news and news[number % len(news)] and number < 10:
                    more_of_all(store, folder, number)
                page = client.call(request(limit=size, **{option: page.next}))
            if listed in ARRIVING_LATE:
                assert len(seen) == len(set(seen))
                seen = [one for one in seen if one in whole]
            assert seen == whole


@pytest.mark.parametrize("listed", STATE)
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    size=st.integers(1, 4),
    there=st.sets(st.text("-+._@aZ0", min_size=1, max_size=4).map("a".__add__), min_size=3),
    news=st.lists(st.sampled_from(["add", "close", "nothing"]), min_size=1, max_size=4),
)
def test_pages_of_what_changes_miss_nothing_that_stays(
    listed: str, size: int, there: set[str], news: list[str]
) -> None:
    request, keys = STATE[listed]
    with tempfile.TemporaryDirectory() as place, open_store(Path(place), create=True) as store:
        client = LocalClient(store, by="ops")
        leaving = sorted(there)
        for name in reversed(leaving):
            somebody(client, name)
        before, seen, after = keys(client.call(request())), [], None
        assert len(before) >= len(there)
        for number in range(200):
            page = client.call(request(limit=size, after=after))
            assert len(keys(page)) <= size
            seen += keys(page)
            after = page.next
            if after is None:
                break
            if number < 6 and news[number % len(news)] == "add":
                somebody(client, f"b{number}")
            elif number < 6 and news[number % len(news)] == "close" and leaving:
                client.call(AccountCloseRequest(name=leaving.pop(0)))
        now = keys(client.call(request()))
        assert len(seen) == len(set(seen))
        assert set(before) & set(now) <= set(seen)
        order = {one: number for number, one in enumerate(dict.fromkeys([*before, *now]))}
        assert [one for one in seen if one in before] == sorted(
            (one for one in seen if one in before), key=order.__getitem__
        )


def somebody(client: LocalClient, name: str) -> None:
    client.call(AccountAddRequest(name=name))
    client.call(MemberAddRequest(name=name, role="viewer"))
    client.call(MemberAddRequest(name=name, role="viewer", workspace=f"team{len(name)}"))
    client.call(TokenAddRequest(account=name))


def test_a_cursor_of_another_list_is_refused(tmp_path: Path) -> None:
    with open_store(tmp_path / "store", create=True) as store:
        client = LocalClient(store, by="ops")
        for name in ("ada", "eve", "grace"):
            somebody(client, name)
        for listed, (request, _) in STATE.items():
            for cursor in CURSORS:
                with pytest.raises(InvalidInput, match="cursor"):
                    client.call(request(limit=2, after=cursor))
            for other in STATE.keys() - {listed}:
                foreign = client.call(STATE[other][0](limit=1)).next
                with pytest.raises(InvalidInput, match="cursor"):
                    client.call(request(limit=2, after=foreign))
            with pytest.raises(InvalidInput, match="limit"):
                client.call(request(limit=0))


def test_a_cursor_that_is_none_is_refused(tmp_path: Path) -> None:
    with open_store(tmp_path / "store", create=True) as store:
        story = Story(tmp_path)
        story.prepare()
        store.append(story.events)
        more_of_all(store, tmp_path, 2)
        client = LocalClient(store, by="ops")
        for request, _, option in LISTS.values():
            for cursor in CURSORS if option == "after" else ():
                with pytest.raises(InvalidInput, match="cursor"):
                    client.call(request(limit=2, after=cursor))
            with pytest.raises(InvalidInput, match="limit"):
                client.call(request(limit=0))
