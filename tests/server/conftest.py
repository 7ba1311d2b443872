import pytest

from forebear.store import open_store
from serving import asked
from story import Story


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / ".forebear", create=True) as store:
        story = Story(tmp_path)
        story.prepare()
        story.train(2, 0.8)
        store.append(story.events)
        yield store


@pytest.fixture
def http(store):
    """What asks the server of a store with a trained model in it."""
    with asked(store) as http:
        yield http
