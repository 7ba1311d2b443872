import pytest

from forebear.store import open_store
from server.mlflow.wire import Client
from serving import asked


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / ".forebear", create=True) as store:
        yield store


@pytest.fixture
def http(store):
    with asked(store) as http:
        yield http


@pytest.fixture
def mlflow(http):
    return Client(http)
