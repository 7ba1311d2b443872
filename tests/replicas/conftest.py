"""Two of everything over one PostgreSQL database, which are asked by turns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path
from typing import Any, cast

import pytest

from contract.conftest import emptied
from forebear.client.http import HttpClient
from forebear.core.ports import Store
from forebear.store import open_store
from life import Life
from serving import asked
from story import Story


class ByTurns:
    """What is asked of it is asked of the next one each time."""

    def __init__(self, ones: Sequence[Any]) -> None:
        self._turns = cycle(ones)

    def __getattr__(self, name: str) -> Any:
        return getattr(next(self._turns), name)


@pytest.fixture
def location(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, Any]:
    """Arguments with which `open_store` opens the store once more."""
    pytest.importorskip("psycopg")
    address = request.getfixturevalue("server")
    emptied(address)
    return {"location": address, "blobs": tmp_path / ".forebear" / "blobs"}


@pytest.fixture
def stores(location: dict[str, Any]) -> Iterator[list[Store]]:
    with open_store(**location, create=True) as one, open_store(**location) as other:
        yield [one, other]
        assert list(one.verify()) == []


@pytest.fixture
def store(stores: list[Store]) -> Store:
    return cast(Store, ByTurns(stores))


@pytest.fixture
def client(stores: list[Store]) -> Iterator[HttpClient]:
    """A client of two servers, behind something that sends each request to the other one."""
    with ExitStack() as stack:
        servers = [stack.enter_context(asked(one, by="ops")) for one in stores]
        for http in servers:
            http.base_url = http.base_url.join("/api/v1")
        client = HttpClient("http://localhost")
        client._connection._client.close()
        client._connection._client = ByTurns(servers)
        yield client


@pytest.fixture
def story(tmp_path: Path) -> Story:
    story = Story(tmp_path)
    story.prepare()
    return story


@pytest.fixture
def life(store: Store, story: Story, tmp_path: Path) -> Life:
    for depth, score in ((2, 0.8), (4, 0.85), (8, 0.9)):
        story.train(depth, score, save=f"model{depth}.pkl")
    store.append(story.events)
    return Life(store, tmp_path / ".forebear" / "keys")
