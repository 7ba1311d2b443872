"""Events and kept bytes go to a server and come from it, as they are and once."""

import hashlib

import pytest

from forebear.client import replicate
from forebear.client.remotes.servers import ServerRemote
from forebear.client.replicate import push
from forebear.core.errors import EventConflict, StoreError
from forebear.core.events import GapNoticed, encode
from forebear.store import open_store
from serving import served


@pytest.fixture
def empty(tmp_path):
    with open_store(tmp_path / "server" / ".forebear", create=True) as store:
        yield store


@pytest.fixture
def remote(empty):
    with served(empty) as client:
        remote = ServerRemote(client._connection)
        yield remote
        remote._folder.cleanup()


def test_a_whole_store_is_pushed_and_the_second_push_has_nothing_to_do(
    tmp_path, store, empty, remote, monkeypatch
):
    kept = store.blobs.put(b"kept bytes" * 100_000)
    monkeypatch.setattr(replicate, "connect_remote", lambda address, known: remote)
    monkeypatch.setattr(remote, "close", lambda: None)
    report = push(store, "http://localhost", tmp_path / "state")
    assert report.events == store.head().size
    assert empty.head() == store.head()
    assert empty.blobs.get(kept) == b"kept bytes" * 100_000
    again = push(store, "http://localhost", tmp_path / "state")
    assert (again.events, again.duplicates, again.blobs) == (0, 0, 0)
    assert list(empty.verify()) == []


def test_a_lost_reply_costs_nothing(remote, empty):
    bodies = [encode(GapNoticed(run="r", what=str(n))) for n in range(10)]
    assert remote.receive(bodies).accepted == 10
    again = remote.receive(bodies)
    assert (again.accepted, again.duplicates, empty.head().size) == (0, 10, 10)


def test_an_id_with_other_content_is_refused_and_nothing_is_taken(remote, empty):
    remote.receive([encode(GapNoticed(id="one", run="r", what="a"))])
    with pytest.raises(EventConflict):
        remote.receive(
            [
                encode(GapNoticed(run="r", what="new")),
                encode(GapNoticed(id="one", run="r", what="b")),
            ]
        )
    assert empty.head().size == 1
    assert len(empty.refusals()) == 1


def test_marks(remote, empty):
    assert remote.mark() is None
    remote.receive([encode(GapNoticed(run="r", what="a"))])
    mark = remote.mark()
    assert mark is not None
    assert mark.seq == 1
    remote.receive([encode(GapNoticed(run="r", what="b"))])
    assert remote.goes_on_from(mark)
    assert not remote.goes_on_from(type(mark)(seq=1, leaf="00"))
    assert not remote.goes_on_from(type(mark)(seq=99, leaf="00"))


def test_bytes_that_are_not_what_they_are_called_are_not_kept(http, store):
    digest = f"sha256:{hashlib.sha256(b'right').hexdigest()}"
    answer = http.put(f"/api/v1/blobs/{digest}", content=b"wrong")
    assert (answer.status_code, answer.json()["code"]) == (422, "unreadable")
    assert not store.blobs.has(digest)
    assert http.put(f"/api/v1/blobs/{digest}", content=b"right").status_code == 204
    given = http.get(f"/api/v1/blobs/{digest}")
    assert (given.content, given.headers["content-disposition"]) == (b"right", "attachment")


@pytest.mark.parametrize(
    "said",
    ["..%2f..%2fetc%2fpasswd", "sha256:..%2f..", "sha256:" + "0" * 63, "%00", "..;/x",
     "sha256:" + "g" * 64, "%252e%252e%252f", "..%5c..%5cx", "SHA256:" + "0" * 64],
)  # fmt: skip
def test_what_is_no_digest_finds_no_file(http, said):
    for method in ("GET", "PUT"):
        answer = http.request(method, f"/api/v1/blobs/{said}", content=b"")
        assert answer.status_code in {400, 404, 405}
        assert "root:" not in answer.text


@pytest.mark.parametrize(
    "body", [b"", b"\n\n", b"{}", b"no event", b'{"event": "gap"}', b"\xff\xfe"]
)
def test_what_is_no_event_is_refused(http, store, body):
    before = store.head()
    answer = http.post("/api/v1/ledger/events", content=body)
    assert answer.status_code == 400
    assert store.head() == before


def test_all_events_can_be_read(http, store):
    lines = http.get("/api/v1/ledger/events", params={"after": 2}).content.splitlines()
    assert len(lines) == store.head().size - 2
    assert lines[0].split(b" ", 1) == [b"3", next(store.events(2)).body]


@pytest.mark.parametrize("after", ["-1", "x", "1e3", "٣", "9" * 30])
def test_a_place_in_the_ledger_is_a_number(http, after):
    answer = http.get("/api/v1/ledger/events", params={"after": after})
    assert answer.status_code == 400


def test_a_server_that_is_away_is_said(tmp_path):
    from forebear.client.http import HttpClient
    from forebear.ops.registry import ModelsRequest

    with HttpClient("http://127.0.0.1:9") as client, pytest.raises(StoreError, match="not answer"):
        client.call(ModelsRequest())
