from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from forebear.client.asking import Asking
from forebear.client.client import LocalClient
from forebear.core.ports import Store
from forebear.store import open_store
from life import Life
from serving import served
from story import Story


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path / ".forebear", create=True)
    yield store
    store.close()


@pytest.fixture
def story(tmp_path: Path) -> Story:
    story = Story(tmp_path)
    story.prepare()
    return story


@pytest.fixture(params=["in process", "over HTTP"])
def client(request: pytest.FixtureRequest, store: Store) -> Iterator[Asking]:
    """Who asks gets the same answers, whichever way the question goes."""
    if request.param == "in process":
        yield LocalClient(store, by="ops")
        return
    with served(store, by="ops") as client:
        yield client


@pytest.fixture
def life(store: Store, story: Story, tmp_path: Path) -> Life:
    """Three versions of `churn`, of which `ops` is the author."""
    for depth, score in ((2, 0.8), (4, 0.85), (8, 0.9)):
        story.train(depth, score, save=f"model{depth}.pkl")
    store.append(story.events)
    return Life(store, tmp_path / ".forebear" / "keys")
