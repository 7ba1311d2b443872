from forebear.core.errors import StoreUnwritable


def test_alive_and_ready(http, store):
    assert http.get("/healthz").text == "ok\n"
    assert http.get("/readyz").json() == {"events": store.head().size}


def test_not_ready_without_its_store(http, store, monkeypatch):
    def gone():
        raise StoreUnwritable("The database cannot be reached.")

    monkeypatch.setattr(type(store), "head", lambda self: gone())
    answer = http.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "store-unwritable")
    assert answer.headers["retry-after"] == "1"
    assert http.get("/healthz").status_code == 200


def test_measures_name_routes_and_no_addresses(http, store):
    http.get("/api/v1/models")
    http.get("/somebody/writes/this")
    http.get("/api/v1/blobs/sha256:" + "0" * 64)
    text = http.get("/metrics").text
    assert 'forebear_http_requests_total{method="GET",path="/api/v1/models",status="200"}' in text
    assert "somebody" not in text
    assert "sha256" not in text
    assert f"forebear_ledger_events {float(store.head().size)}" in text
