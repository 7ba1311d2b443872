import asyncio
import contextlib
import io
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import fsspec
import httpx
import pandas as pd
import pytest
import requests

from forebear.core.digest import of_bytes
from forebear.core.events import LocationSeen

from .recording import recording

BODY = b"a,b\n" + b"".join(b"%d,%d\n" % (i, i * 2) for i in range(200))


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path.startswith("/moved"):
            self.send_response(302)
            self.send_header("Location", "/data.csv")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        found = self.path.startswith("/data.csv")
        self.send_response(200 if found else 404)
        self.send_header("ETag", '"v1"')
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def do_POST(self):
        self.do_GET()

    def log_message(self, *args):
        pass


@pytest.fixture
def url():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def by_requests(url):
    response = requests.get(f"{url}/moved?access_token=s3cret", timeout=5)
    return response.content


def by_requests_in_parts(url):
    with requests.get(f"{url}/data.csv", stream=True, timeout=5) as response:
        return b"".join(response.iter_content(100))


def by_httpx(url):
    with httpx.Client() as client:
        return client.get(f"{url}/moved", follow_redirects=True).content


def by_httpx_in_parts(url):
    with httpx.stream("GET", f"{url}/data.csv") as response:
        return b"".join(response.iter_bytes(100))


def by_httpx_at_once(url):
    async def get():
        async with httpx.AsyncClient() as client:
            return (await client.get(f"{url}/data.csv")).content

    return asyncio.run(get())


def by_httpx_at_once_in_parts(url):
    async def get():
        address = f"{url}/data.csv"
        async with httpx.AsyncClient() as client, client.stream("GET", address) as response:
            return b"".join([chunk async for chunk in response.aiter_bytes()])

    return asyncio.run(get())


def by_urllib(url):
    with urllib.request.urlopen(f"{url}/moved") as response:
        return response.read()


def by_urllib_in_parts(url):
    with urllib.request.urlopen(f"{url}/data.csv") as response:
        return b"".join(iter(lambda: response.read(100), b""))


WAYS = [
    by_requests, by_requests_in_parts, by_httpx, by_httpx_in_parts, by_httpx_at_once,
    by_httpx_at_once_in_parts, by_urllib, by_urllib_in_parts,
]  # fmt: skip


@pytest.mark.parametrize("get", WAYS)
def test_a_download_leads_from_its_address_to_the_frame(tmp_path, url, get):
    with recording(tmp_path) as record:
        body = get(url)
        (tmp_path / "local.csv").write_bytes(body)
        pd.read_csv("local.csv").to_parquet("out.parquet")
    assert body == BODY
    source = record.artifacts[of_bytes(BODY)]
    assert (source.label, source.attrs["etag"]) == ("data.csv", '"v1"')
    seen = {event.uri for event in record.of(LocationSeen) if event.artifact == source.artifact}
    assert seen == {f"{url}/data.csv", str(tmp_path / "local.csv")}
    saved = record.by_label("out.parquet")
    assert source.artifact in {link.artifact for step in record.steps for link in step.used}
    assert "data.csv" in record.ancestors(saved.artifact)
    assert record.gaps == []
    assert record.inferred() == []


@pytest.mark.parametrize("get", WAYS)
def test_a_download_is_the_same_without_recording(url, get):
    assert get(url) == BODY


def test_frames_read_from_a_buffer_come_from_the_address(tmp_path, url):
    with recording(tmp_path) as record:
        response = requests.get(f"{url}/data.csv", timeout=5)
        pd.read_csv(io.BytesIO(response.content)).to_csv("one.csv")
        pd.read_csv(io.StringIO(response.text)).to_csv("two.csv", sep=";")
    for name in ("one.csv", "two.csv"):
        assert "data.csv" in record.ancestors(record.by_label(name).artifact)
    assert record.gaps == []


def test_files_that_are_retrieved(tmp_path, url):
    with recording(tmp_path) as record:
        urllib.request.urlretrieve(f"{url}/data.csv", "here.csv")
        pd.read_csv("here.csv").to_parquet("out.parquet")
    uris = {event.uri: event.mode for event in record.of(LocationSeen)}
    assert uris[f"{url}/data.csv"] == "read"
    assert record.step("urllib.urlretrieve").used[0].artifact == of_bytes(BODY)
    assert record.gaps == []


def test_secrets_in_addresses_are_not_kept(tmp_path, url):
    with recording(tmp_path) as record:
        address = url.replace("//", "//me:hunter2@") + "/data.csv?sig=abcdef123&x-amz-signature=zz"
        requests.get(address, timeout=5)
    text = str(record.events)
    assert "data.csv" in text
    assert not [word for word in ("hunter2", "abcdef123", "=zz") if word in text]


def test_what_is_no_download_is_not_recorded(tmp_path, url):
    with recording(tmp_path) as record:
        requests.get(f"{url}/nothing", timeout=5)
        requests.post(f"{url}/data.csv", timeout=5)
        with contextlib.suppress(urllib.error.HTTPError):
            urllib.request.urlopen(f"{url}/nothing").close()
        record.session.settle()
    assert record.events == []


def test_a_stream_that_we_do_not_see_is_known_by_its_address(tmp_path, url):
    with recording(tmp_path) as record:
        with requests.get(f"{url}/data.csv", stream=True, timeout=5) as response:
            response.raw.read()
        record.session.settle()
    (artifact,) = record.artifacts.values()
    assert (artifact.by_reference, artifact.attrs) == (True, {"version": '"v1"'})
    assert record.gaps == ["What was downloaded as data.csv was not seen."]


def test_undo_leaves_libraries_as_they_were(tmp_path):
    import http.client

    owners = (requests.Session, requests.Response, httpx.Client, httpx.AsyncClient, httpx.Response,
              http.client.HTTPResponse, fsspec.AbstractFileSystem)  # fmt: skip

    def methods():
        return [dict(vars(owner)) for owner in owners]

    before, urlopen = methods(), urllib.request.urlopen
    with recording(tmp_path):
        assert methods() != before
        assert urllib.request.urlopen is not urlopen
    assert methods() == before
    assert urllib.request.urlopen is urlopen
