"""What answers at an address is a proxy, a page to sign in, or anything else but a forebear."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from forebear.cli import main
from forebear.client.locate import init_store
from forebear.core.events import GapNoticed
from forebear.store import open_store

PAGE = b"<html><body>Please sign in</body></html>"


@contextmanager
def answering(status: int, body: bytes) -> Iterator[str]:
    class Strange(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            self.send_response(status)
            self.send_header("location", "https://login.example.invalid/")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_HEAD = answer

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Strange)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, PAGE),
        (200, b"\0\xff"),
        (200, b""),
        (200, b"[]"),
        (302, b""),
        (404, b"{}"),
        (502, PAGE),
    ],
)
def test_it_is_told_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], status: int, body: bytes
) -> None:
    folder = init_store(tmp_path / ".forebear")
    with open_store(folder, create=True) as store:
        store.append([GapNoticed(run="r", what="nothing")])
        store.blobs.put(b"kept")
    with answering(status, body) as url:
        for command in (["push", url, "--store", str(folder)], ["models", "--store", url]):
            assert main(command) == 2
            out, err = capsys.readouterr()
            assert out == ""
            assert f"What answers at {url} is no forebear server" in " ".join(err.split())
