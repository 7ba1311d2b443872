import pytest

from forebear.store import open_store
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
def send(http, store):
    """What sends events one by one, and lets them settle."""

    def send(*events):
        for one in events:
            answer = http.post("/api/v1/lineage", json=one)
            assert (answer.status_code, answer.content) == (201, b""), answer.text
        assert http.get("/api/v1/runs").status_code == 200

    return send
