from __future__ import annotations

import asyncio
import threading
import time

import pytest

import forebear as fb
from forebear.client.spool import is_live, spools_of
from forebear.ops.deploy import DeployRequest
from forebear.ops.table import Target


@pytest.fixture
def serving(folder):
    made = fb.serving("churn:2", env="prod", store=str(folder), services=["web"])
    yield made
    made.close()


async def _send(message):
    return None


def requested(app, *paths, headers=()):
    async def all_of_them():
        for path in paths:
            await app({"type": "http", "path": path, "headers": list(headers)}, None, _send)

    asyncio.run(all_of_them())


def answering(status):
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    return app


def test_requests_are_counted_by_path_caller_and_outcome(serving, deployed):
    app = serving.asgi(answering(200), paths=["/predict"], caller="X-Service")
    requested(app, "/predict", "/predict/v2", "/health", headers=[(b"x-service", b"web")])
    requested(app, "/predict", headers=[(b"x-service", b"somebody@example.org")])
    requested(serving.asgi(answering(503)), "/")
    requested(serving.asgi(answering(404)), "/")
    serving.flush()
    (one,) = deployed()
    assert (one.title, one.usage.calls, one.usage.errors) == ("churn:2", 5, 1)
    assert one.usage.callers == {"web": 2, "somebody@example.org": 1}
    assert one.usage.half_ms < 1000


def test_what_is_no_request_passes_untouched(serving, deployed):
    seen = []

    async def app(scope, receive, send):
        seen.append((scope, receive, send))

    scope = {"type": "lifespan"}
    asyncio.run(serving.asgi(app)(scope, None, _send))
    assert seen == [(scope, None, _send)]
    serving.flush()
    assert deployed() == []


def test_exceptions_pass_as_they_are_and_count_as_errors(serving, deployed):
    fault = RuntimeError("mine")

    async def app(scope, receive, send):
        raise fault

    def wsgi(environ, start_response):
        raise fault

    @serving.watch
    def predict(row):
        raise fault

    for call in (
        lambda: requested(serving.asgi(app), "/"),
        lambda: serving.wsgi(wsgi)({"PATH_INFO": "/"}, None),
        lambda: predict({"age": 3}),
    ):
        with pytest.raises(RuntimeError) as caught:
            call()
        assert caught.value is fault
    serving.flush()
    assert (deployed()[0].usage.calls, deployed()[0].usage.errors) == (3, 3)


def test_answers_of_wsgi_are_counted_when_they_are_sent(serving, deployed):
    closed = []

    class Stream:
        def __iter__(self):
            yield b"a"
            yield b"b"

        def close(self):
            closed.append(True)

    def app(environ, start_response):
        start_response("500 Oh", [])
        return Stream() if environ["PATH_INFO"] == "/stream" else [b"x"]

    counted = serving.wsgi(app, caller="X-Service")
    start = lambda status, headers: None  # noqa: E731
    assert counted({"PATH_INFO": "/"}, start) == [b"x"]
    body = counted({"PATH_INFO": "/stream", "HTTP_X_SERVICE": "web"}, start)
    assert list(body) == [b"a", b"b"]
    body.close()
    assert closed == [True]
    # A client in a test leaves it open.
    assert list(counted({"PATH_INFO": "/stream"}, start)) == [b"a", b"b"]
    serving.flush()
    usage = deployed()[0].usage
    assert (usage.calls, usage.errors, usage.callers) == (3, 3, {"web": 1})


def test_functions_methods_and_coroutines_are_watched(serving, deployed):
    @serving.watch
    def predict(rows, *, scale=1):
        "Predict."
        return [scale for _ in rows]

    class Model:
        @serving.watch
        def predict(self, rows):
            return len(rows)

    @serving.watch
    async def later(rows):
        return rows

    assert predict([[1, 2], [3, 4]], scale=2) == [2, 2]
    assert predict.__doc__ == "Predict."
    assert Model().predict(rows=[[5, 6]]) == 1
    assert asyncio.run(later([[7, 8]])) == [[7, 8]]
    by = serving.watch(lambda rows, who: who, caller="who")
    assert by([], "web") == "web"
    serving.flush()
    usage = deployed()[0].usage
    assert (usage.calls, usage.callers) == (4, {"web": 1})


def test_a_deployment_that_is_declared_is_the_one_counted(folder, deployed):
    from forebear.client.client import connect

    with connect(str(folder)) as client:
        for version in (1, 2):
            client.call(
                DeployRequest(
                    target=Target(ref=f"churn:{version}"),
                    env="prod",
                    share=None if version == 1 else 0.5,
                )
            )
    one = fb.serving("churn:2", env="prod", store=str(folder))
    one.watch(len)([1])
    one.close()
    counted = {d.title: d.usage.calls if d.usage else None for d in deployed()}
    assert counted == {"churn:1": None, "churn:2": 1}


def test_what_nobody_deployed_is_told_without_a_share_of_others(folder, deployed):
    for ref in ("churn:1", "churn:2"):
        one = fb.serving(ref, env="prod", store=str(folder))
        one.watch(len)([1])
        one.close()
    assert [(d.title, d.share) for d in deployed()] == [("churn:1", 1.0), ("churn:2", 0.0)]


@pytest.mark.parametrize(
    ("ref", "env", "store"),
    [("nowhere:3", "prod", None), ("churn", "no env", None), ("churn", "prod", "/proc/nowhere")],
)
def test_nothing_that_is_wrong_here_reaches_the_program(folder, deployed, caplog, ref, env, store):
    one = fb.serving(ref, env=env, store=store or str(folder), every=0.05)
    predict = one.watch(lambda rows: "answer")
    assert predict([1]) == "answer"
    one.close()
    assert "not recorded now" in caplog.text
    assert deployed() == []


def test_one_that_is_not_called_any_more_leaves_no_thread_and_no_spool(folder, deployed):
    made = [fb.serving("churn:2", env="prod", store=str(folder), every=0.05) for _ in range(5)]
    predict = [one.watch(len) for one in made]
    for calls in (1, 2):
        for one in predict:
            one([1])
        until = time.monotonic() + 60
        while any(map(reports, threading.enumerate())) and time.monotonic() < until:
            time.sleep(0.02)
        assert not any(map(reports, threading.enumerate()))
        assert not any(map(is_live, spools_of(folder / ".forebear" / "spool")))
        assert deployed()[0].usage.calls == 5 * calls


def reports(thread):
    return thread.name == "forebear-serving"


def test_inputs_that_are_odd_harm_nobody(serving, deployed):
    class Odd(dict):
        def __iter__(self):
            raise RuntimeError("odd")

    class Worse:
        @property
        def ndim(self):
            raise RuntimeError("worse")

        item = ndim

    predict = serving.watch(lambda rows: 1)
    for rows in (Odd(a=1), Worse(), [Worse()], {"a": Worse()}, object(), None, 10**400, "text"):
        assert predict(rows) == 1
    serving.flush()
    assert deployed()[0].usage.calls == 8
