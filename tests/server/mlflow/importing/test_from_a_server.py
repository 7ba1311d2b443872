"""The same over the REST interface; what answers here is our own server, which speaks MLflow's.

That it is read from MLflow's own server too is tested in `integrations_heavy`.
"""

import pytest

from forebear.core.errors import InvalidInput, StoreError, Unreadable
from forebear.exchange.mlflow import opening
from forebear.exchange.mlflow.server import Server
from forebear.server.mlflow.importing.importer import import_mlflow
from forebear.store import open_store
from server.mlflow.importing.test_importing import counts, pairs, trained
from server.mlflow.wire import Client
from serving import asked


@pytest.fixture
def source(imported, http, monkeypatch):
    """Whatever is imported over HTTP comes from the server of a store that has it all."""
    imported()

    def reached(url):
        made = Server(url)
        made._http.close()
        made._http = http
        made.close = lambda: None
        return made

    monkeypatch.setattr(opening, "Server", reached)


def test_everything_comes_with_its_files(source, tmp_path):
    with open_store(tmp_path / "other", create=True) as other:
        report = import_mlflow(other, "http://localhost", by="ada")
        assert counts(report) == [(2, 2), (4, 4), (1, 1), (2, 2), (3, 3), (4, 4)]
        with asked(other) as http:
            run = trained(Client(http))
            assert pairs(run["data"]["metrics"]) == {"loss": 0.2, "broken": "NaN", "auc": 0.9}
            champion = Client(http).get("registered-models/alias", name="churn", alias="champion")
            assert champion["model_version"]["version"] == "3"
        size = other.head().size
        assert [new for _, new in counts(import_mlflow(other, "http://localhost", by="ada"))] == (
            [0] * 6
        )
        assert other.head().size == size


def test_a_server_that_is_away(store):
    with pytest.raises(StoreError, match="does not answer"):
        import_mlflow(store, "http://127.0.0.1:9", by="ada")


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (200, b"<html>", Unreadable),
        (200, b"[]", Unreadable),
        (200, b'{"experiments": [{"name": 1}]}', Unreadable),
        (500, b'{"message": "broken"}', Unreadable),
        (401, b"", InvalidInput),
    ],
)
def test_what_answers_is_no_server_of_mlflow(store, monkeypatch, status, body, error):
    class Answer:
        status_code, content, is_success = status, body, status < 300

    def reached(url):
        made = Server(url)
        monkeypatch.setattr(made._http, "request", lambda *_, **__: Answer)
        return made

    monkeypatch.setattr(opening, "Server", reached)
    with pytest.raises(error):
        import_mlflow(store, "http://localhost", by="ada")
