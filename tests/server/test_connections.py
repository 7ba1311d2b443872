"""Who opens a connection has to say what they want; a real socket, since nothing else can drip."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from forebear.server import connections

WHOLE = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
LONG = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n"


async def application(scope, receive, send):
    if scope["type"] != "http":
        return
    request = Request(scope, receive)
    said = await request.body() if request.headers.get("x-read") else b""
    await PlainTextResponse(f"ok {len(said)}")(scope, receive, send)


@pytest.fixture
def port(monkeypatch) -> Iterator[int]:
    monkeypatch.setattr(connections, "HEAD_WITHIN", 0.6)
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        application,
        http=connections.Impatient,
        h11_max_incomplete_event_size=connections.LONGEST_HEAD,
        ws="none",
        lifespan="off",
        log_level="critical",
    )
    server = uvicorn.Server(config)
    worker = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    worker.start()
    yield listening.getsockname()[1]
    server.should_exit = True
    worker.join()
    listening.close()


@contextlib.contextmanager
def opened(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as link:
        yield link


def answered(link: socket.socket) -> bytes:
    """Return the body of an answer, which may come in pieces."""
    said = b""
    while b"ok " not in said and (some := link.recv(65536)):
        said += some
    return said.rpartition(b"\r\n\r\n")[2]


def is_cut_off(link: socket.socket) -> bool:
    try:
        while link.recv(65536):
            pass
    except ConnectionError:
        pass
    return True


def test_who_says_nothing_is_cut_off(port):
    with opened(port) as link:
        assert is_cut_off(link)


def test_who_says_a_byte_now_and_then_is_cut_off(port):
    with opened(port) as link:
        began = time.monotonic()
        with contextlib.suppress(ConnectionError):
            for byte in LONG * 100:
                link.sendall(bytes([byte]))
                time.sleep(0.05)
        assert time.monotonic() - began < 4


def test_who_goes_on_for_ever_with_what_was_answered_is_cut_off(port):
    with opened(port) as link:
        began = time.monotonic()
        link.sendall(LONG)
        assert answered(link) == b"ok 0"
        with contextlib.suppress(ConnectionError):
            for _ in range(99):
                link.sendall(b"x")
                time.sleep(0.05)
        assert time.monotonic() - began < 4


def test_what_is_being_answered_may_take_its_time(port):
    with opened(port) as link:
        link.sendall(LONG.replace(b"Host", b"X-Read: 1\r\nHost"))
        for _ in range(10):
            time.sleep(0.15)
            link.sendall(b"x" * 10)
        assert answered(link) == b"ok 100"


def test_a_connection_is_used_again_for_as_long_as_somebody_asks(port):
    with opened(port) as link:
        for _ in range(6):
            link.sendall(WHOLE)
            assert answered(link) == b"ok 0"
            time.sleep(0.2)


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\n" + b"X-A: " + b"x" * 200_000,
        b"GET / HTTP/1.1\r\n" + b"X-A: x\r\n" * 100_000,
        b"GET /" + b"a" * 1_000_000,
        b"\x16\x03\x01\x00\xa5" * 1000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\nA:" + b"x" * 99_999,
        b"GET / HTTP/1.1\r\nHost: a\r\n folded: x\r\n" * 5000,
    ],
    ids=["one long", "many", "a long address", "TLS", "two lengths", "folded"],
)
def test_a_head_beyond_measure_is_refused(port, head):
    with opened(port) as link:
        with contextlib.suppress(ConnectionError):
            link.sendall(head)
        said = b""
        with contextlib.suppress(ConnectionError):
            while some := link.recv(65536):
                said += some
        assert not said or b" 400 " in said.splitlines()[0]
    with opened(port) as link:
        link.sendall(WHOLE)
        assert answered(link) == b"ok 0"


def test_nobody_is_kept_out_by_those_who_say_nothing(port):
    with contextlib.ExitStack() as stack:
        for _ in range(300):
            stack.enter_context(opened(port)).sendall(b"GET / HT")
        link = stack.enter_context(opened(port))
        link.sendall(WHOLE)
        assert answered(link) == b"ok 0"
