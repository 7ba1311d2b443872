from prometheus_client.parser import text_string_to_metric_families

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


def test_measures_are_what_prometheus_reads(http):
    http.get("/api/v1/models")
    answer = http.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    families = {one.name: one for one in text_string_to_metric_families(answer.text)}
    kinds = {name: one.type for name, one in families.items() if not name.endswith("_created")}
    assert kinds == {
        "forebear_http_requests": "counter",
        "forebear_http_request_seconds": "histogram",
        "forebear_ledger_events": "gauge",
    }
    assert all(families[name].documentation for name in kinds)
    counted = [
        one.value
        for one in families["forebear_http_request_seconds"].samples
        if one.name.endswith("_bucket") and one.labels["path"] == "/api/v1/models"
    ]
    assert counted == sorted(counted)


def test_what_anybody_sends_makes_no_new_measures(http):
    def known():
        return {tuple(sorted(one.labels.items())) for one in samples(http.get("/metrics").text)}

    http.request("ANY", "/nowhere")
    http.request("ANY", "/api/v1/models")
    http.get("/metrics")
    before = known()
    for number in range(50):
        http.request(f"M{number}", f"/nowhere/{number}")
        http.request(f"M{number}", f"/api/v1/models?x={number}")
    assert known() == before


def samples(text):
    return [one for family in text_string_to_metric_families(text) for one in family.samples]
