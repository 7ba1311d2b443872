"""Around an application or a function: ASGI, WSGI, a decorator.

The application's own answers and exceptions pass through as they are.
"""

from __future__ import annotations

import functools
import inspect
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping
from time import perf_counter_ns
from typing import Any, Final, ParamSpec, TypeVar, cast

from forebear.capture.serving.reporting import Reporter

__all__ = ["Serving", "serving"]

P = ParamSpec("P")
R = TypeVar("R")
_log = logging.getLogger("forebear")

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]
WsgiApp = Callable[..., Iterable[bytes]]
_FAULT: Final = 500


class Serving:
    """Counts the calls of one model in this process and its forked workers; see `serving`."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter

    def asgi(
        self, app: AsgiApp, *, paths: Collection[str] | None = None, caller: str | None = None
    ) -> AsgiApp:
        """Return an ASGI application that counts its HTTP requests.

        Args:
            app: the application.
            paths: only requests for paths that begin with one of these.
            caller: the header that says who calls; it is kept as a commitment, or as it is for
                one of the `services`.
        """
        count, header = self._reporter.count, caller.lower().encode() if caller else None
        wanted = tuple(paths) if paths is not None else ("",)

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or not scope["path"].startswith(wanted):
                await app(scope, receive, send)
                return
            failed = True
            began = perf_counter_ns()

            async def watched(message: dict[str, Any]) -> None:
                nonlocal failed
                if message["type"] == "http.response.start":
                    failed = message["status"] >= _FAULT
                await send(message)

            try:
                await app(scope, receive, watched)
            except BaseException:
                failed = True
                raise
            finally:
                count(perf_counter_ns() - began, _header(scope, header), failed)

        return counted

    def wsgi(
        self, app: WsgiApp, *, paths: Collection[str] | None = None, caller: str | None = None
    ) -> WsgiApp:
        """Return a WSGI application that counts its requests; see `asgi`."""
        count = self._reporter.count
        wanted = tuple(paths) if paths is not None else ("",)
        key = "HTTP_" + caller.upper().replace("-", "_") if caller else None

        def counted(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            if not environ.get("PATH_INFO", "").startswith(wanted):
                return app(environ, start_response)
            began, state = perf_counter_ns(), [True]
            who = environ.get(key) if key else None

            def watched(status: str, *rest: Any) -> Any:
                state[0] = status[:1] == "5"
                return start_response(status, *rest)

            def done(*, failed: bool = False) -> None:
                count(perf_counter_ns() - began, who, state[0] or failed)

            try:
                body = app(environ, watched)
            except BaseException:
                done(failed=True)
                raise
            if isinstance(body, list | tuple) or type(body) is environ.get("wsgi.file_wrapper"):
                done()
                return body
            return _Body(body, done)

        return counted

    def watch(
        self, function: Callable[P, R], *, inputs: str | None = None, caller: str | None = None
    ) -> Callable[P, R]:
        """Return a function that does the same, and counts its calls and looks at its inputs.

        Args:
            function: what predicts; it may be `async`, and may be a method.
            inputs: the parameter that holds the inputs (default: the first one).
            caller: the parameter that says who calls.
        """
        place, name = _parameter(function, inputs)
        who = _parameter(function, caller) if caller else None
        reporter = self._reporter

        def took(began: int, args: Any, kwargs: Any, *, failed: bool) -> None:
            duration = perf_counter_ns() - began
            said = _argument(who, args, kwargs) if who else None
            reporter.count(duration, said if type(said) is str else None, failed)
            if not failed:
                reporter.look(_argument((place, name), args, kwargs))

        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def waiting(*args: P.args, **kwargs: P.kwargs) -> Any:
                began, failed = perf_counter_ns(), True
                try:
                    result = await function(*args, **kwargs)
                    failed = False
                    return result
                finally:
                    took(began, args, kwargs, failed=failed)

            return cast("Callable[P, R]", waiting)

        @functools.wraps(function)
        def watched(*args: P.args, **kwargs: P.kwargs) -> R:
            began, failed = perf_counter_ns(), True
            try:
                result = function(*args, **kwargs)
                failed = False
                return result
            finally:
                took(began, args, kwargs, failed=failed)

        return watched

    def look(self, inputs: object) -> None:
        """Look at the inputs of a prediction: a dict, a list, a frame, an array; none is kept."""
        self._reporter.look(inputs)

    def flush(self) -> None:
        """Write what was counted to the spool now, and wait until it is on the disk."""
        self._reporter.flush()

    def close(self) -> None:
        """Write the rest, and stop counting."""
        self._reporter.close()


def serving(
    ref: str,
    *,
    env: str,
    store: str | None = None,
    every: float = 300.0,
    services: Collection[str] = (),
    categories: Mapping[str, Collection[str]] | None = None,
) -> Serving:
    """Return what counts the use of a model: calls, errors, latencies, callers, inputs in short.

        churn = fb.serving("churn@champion", env="prod")
        app = churn.asgi(app, paths=["/predict"])

    A call costs some microseconds and waits for nothing; nothing that goes wrong here reaches
    the program. No input is kept, and of who calls a commitment.

    Args:
        ref: the model that is served, as refs are written.
        env: where, as `forebear deploy` has it. What nobody has deployed is recorded as served.
        store: the store (default: as for recording).
        every: seconds after which what was counted is written; a killed process loses that much.
        services: callers that are services, and are kept by name.
        categories: words that texts of an input may be, by column; of other texts only lengths
            are counted.
    """
    return Serving(
        Reporter(ref, env, store=store, every=every, services=services, categories=categories)
    )


class _Body:
    """The answer of an application, of which it is noticed when it was sent.

    Not all that ask an application close what it answers, as the protocol wants it.
    """

    def __init__(self, body: Iterable[bytes], done: Callable[..., None]) -> None:
        self._body, self._done = body, done
        self._failed = self._over = False

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._body
        except BaseException as error:
            self._failed = not isinstance(error, GeneratorExit)
            raise
        self._end()

    def close(self) -> None:
        """End the answer, as servers do."""
        try:
            end = getattr(self._body, "close", None)
            if end is not None:
                end()
        finally:
            self._end()

    def _end(self) -> None:
        if not self._over:
            self._over = True
            self._done(failed=self._failed)


def _header(scope: Scope, name: bytes | None) -> str | None:
    if name is None:
        return None
    for key, value in scope["headers"]:
        if key == name:
            said: str = value.decode("latin-1")
            return said[:200]
    return None


def _parameter(function: Callable[..., Any], name: str | None) -> tuple[int, str]:
    """Return place and name of a parameter; without a name of the first that is no `self`."""
    try:
        names = list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        names = []
    if name is not None:
        return (names.index(name) if name in names else len(names)), name
    first = 1 if names[:1] in (["self"], ["cls"]) else 0
    return first, names[first] if len(names) > first else ""


def _argument(parameter: tuple[int, str], args: Any, kwargs: Any) -> Any:
    place, name = parameter
    return args[place] if place < len(args) else kwargs.get(name)
