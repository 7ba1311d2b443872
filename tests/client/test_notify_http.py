"""Webhooks: signed, bounded in time and memory, and never to a place inside by accident."""

from __future__ import annotations

import ipaddress
import socket
import socketserver
import threading
import time
import tracemalloc

import pytest

from forebear.client import notify_http
from forebear.client.notify_http import Refused, allowed, post, signature
from forebear.core.errors import StoreError

HERE = ["127.0.0.0/8"]


@pytest.fixture
def serve():
    """Start a server that does what is said with each connection; gives its address."""
    running = []

    def start(answer):
        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                try:
                    answer(self.request)
                except OSError:
                    return

        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads, server.block_on_close = True, False
        threading.Thread(target=server.serve_forever, daemon=True).start()
        running.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}/hook?x=1"

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


def request_of(link):
    """Read a whole request."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += link.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    lines = [line.lower() for line in head.split(b"\r\n")]
    length = int(next(one for one in lines if one.startswith(b"content-length")).split(b":")[1])
    while len(body) < length:
        body += link.recv(65536)
    return head, body


def saying(answer):
    def speak(link):
        request_of(link)
        link.sendall(answer)

    return speak


def test_a_body_arrives_with_its_headers(serve):
    got = []

    def answer(link):
        got.append(request_of(link))
        link.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    post(serve(answer), b'{"a": 1}', {"X-Test": "yes"}, allow=HERE)
    ((head, body),) = got
    assert head.startswith(b"POST /hook?x=1 HTTP/1.1\r\n")
    assert b"X-Test: yes" in head
    assert body == b'{"a": 1}'


def test_a_signature_covers_time_and_body():
    one = signature("secret", "1700000000", b"body")
    assert one == signature("secret", "1700000000", b"body")
    assert (
        len(
            {
                one,
                signature("other", "1700000000", b"body"),
                signature("secret", "1700000001", b"body"),
                signature("secret", "1700000000", b"bodY"),
            }
        )
        == 4
    )


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "localhost.", "2130706433", "0x7f.1", "0177.0.0.1", "127.1",
        "[::1]", "[::ffff:127.0.0.1]", "[::ffff:169.254.169.254]", "169.254.169.254", "0.0.0.0",
        "10.0.0.1", "172.16.3.4", "192.168.1.1", "100.64.0.1", "[fe80::1]", "[fd00::1]",
        "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "224.0.0.1", "255.255.255.255", "[::]",
        "192.0.0.192", "[fec0::1]", "[::127.0.0.1]", "[64:ff9b:1::7f00:1]", "[2001:0:7f00:1::]",
        "127.0.0.1.", "[fe80::1%lo]", "%31%32%37.0.0.1",
    ],
)  # fmt: skip
def test_private_addresses_are_refused_however_they_are_written(host, monkeypatch):
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("connected"))
    with pytest.raises((Refused, StoreError), match=r"private address|cannot be found"):
        post(f"http://{host}/", b"", {})


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://ok@127.0.0.1/", "no user"),
        ("http://ok:x@example.org/", "no user"),
        ("gopher://example.org/", "begins with https"),
        ("file:///etc/passwd", "begins with https"),
        ("ftp://example.org/", "begins with https"),
        ("http:///nohost", "begins with https"),
        ("http://example.org:99999/", "cannot be read"),
        ("http://example.org/a b", "a character"),
        ("http://example.org/\r\nX: y", "a character"),
        ("http://[::1", "cannot be read"),
    ],
)
def test_addresses_that_make_no_sense_are_refused(url, said):
    with pytest.raises(Refused, match=said):
        post(url, b"", {})


def test_what_is_looked_up_is_what_is_connected_to(monkeypatch):
    answers = iter(["93.184.216.34", "127.0.0.1"])
    reached = []

    def flip(host, port, **_):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    def connect(address, **_):
        reached.append(address)
        raise OSError("no network")

    monkeypatch.setattr(socket, "getaddrinfo", flip)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(StoreError, match="no network"):
        post("http://flip.example.org/", b"", {})
    assert reached == [("93.184.216.34", 80)]


def test_one_private_answer_among_public_ones_is_enough_to_refuse(monkeypatch):
    def both(host, port, **_):
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port))
            for one in ("93.184.216.34", "10.0.0.1")
        ]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    with pytest.raises(Refused, match=r"10\.0\.0\.1"):
        post("http://mixed.example.org/", b"", {})


def test_networks_and_hosts_are_allowed_by_the_settings(serve):
    url = serve(saying(b"HTTP/1.1 200 OK\r\n\r\n"))
    post(url, b"", {}, allow=["127.0.0.1/32"])
    post(url, b"", {}, allow=["127.0.0.1"])
    post(url.replace("127.0.0.1", "localhost"), b"", {}, allow=["localhost"])
    assert allowed(ipaddress.ip_address("10.1.2.3"), ["10.1.0.0/16"])
    assert not allowed(ipaddress.ip_address("10.2.2.3"), ["10.1.0.0/16", "no network"])
    assert allowed(ipaddress.ip_address("::ffff:10.1.2.3"), ["10.1.0.0/16"])


@pytest.mark.parametrize("place", [b"http://10.0.0.1/", b"http://example.org/", b"/other"])
def test_redirects_are_not_followed(serve, place):
    url = serve(saying(b"HTTP/1.1 302 Found\r\nLocation: " + place + b"\r\n\r\n"))
    with pytest.raises(Refused, match="redirects are not followed"):
        post(url, b"", {}, allow=HERE)


@pytest.mark.parametrize(
    ("status", "kind"), [(400, Refused), (410, Refused), (429, StoreError), (503, StoreError)]
)
def test_refusals_and_faults_are_told_apart(serve, status, kind):
    url = serve(saying(b"HTTP/1.1 %d Oh\r\n\r\n" % status))
    with pytest.raises(kind, match=str(status)) as caught:
        post(url, b"", {}, allow=HERE)
    assert type(caught.value) is kind


def endless(piece, pause=0.0):
    def speak(link):
        request_of(link)
        link.sendall(b"HTTP/1.1 ")
        while True:
            link.sendall(piece)
            time.sleep(pause)

    return speak


@pytest.mark.parametrize(
    "answer",
    [
        endless(b"x" * 65536),
        endless(b"2", 0.05),
        endless(b"100 Continue\r\n\r\nHTTP/1.1 "),
        endless(b"200 OK\r\nX-A: b\r\n"),
        lambda link: time.sleep(30),
        lambda link: link.close(),
        saying(b"nonsense\r\n\r\n"),
        saying(b""),
    ],
    ids="long drip continue headers silent closed nonsense empty".split(),
)
def test_a_hostile_server_costs_a_second_and_no_memory(serve, answer):
    url = serve(answer)
    tracemalloc.start()
    began = time.monotonic()
    with pytest.raises(StoreError):
        post(url, b"{}", {}, allow=HERE, seconds=1.0)
    assert time.monotonic() - began < 3.0
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_an_endless_body_is_not_read(serve):
    sent = []

    def answer(link):
        request_of(link)
        link.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            sent.append(link.send(b"x" * 1_000_000))

    began = time.monotonic()
    post(serve(answer), b"{}", {}, allow=HERE, seconds=5.0)
    assert time.monotonic() - began < 2.0
    assert sum(sent) < 20_000_000


def test_a_certificate_is_checked(serve, monkeypatch):
    url = serve(lambda link: link.sendall(b"no TLS here")).replace("http:", "https:")
    with pytest.raises(StoreError, match="cannot be told"):
        post(url, b"", {}, allow=HERE, seconds=2.0)
    context = notify_http.ssl.create_default_context()
    assert context.check_hostname
