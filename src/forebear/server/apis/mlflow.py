"""MLflow's interface over HTTP: at the root and below /mlflow, for clients that know only MLflow.

`http://host:port` and `http://host:port/mlflow` are one workspace; `http://host:port/mlflow/NAME`
is another one, empty at first, in which a team or a suite of tests is by itself.
"""

from __future__ import annotations

import posixpath
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import unquote

import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from forebear.core.access import DEFAULT
from forebear.core.errors import ForebearError, Unreadable
from forebear.ops.table import Permission
from forebear.server.access import is_by_a_page
from forebear.server.endpoints import Call, Endpoint, read_body
from forebear.server.kept import keep_sent, send_kept
from forebear.server.mlflow import artifacts, table
from forebear.server.mlflow.errors import MlflowError, invalid, missing, translated
from forebear.server.mlflow.facts import FILE, FileFact
from forebear.server.mlflow.table import Desk
from forebear.server.mlflow.usage import record_use
from forebear.server.mlflow.values import Body, not_implemented
from forebear.server.mlflow.view import View

__all__ = [
    "ROOTS",
    "Answer",
    "body_of",
    "desk_of",
    "endpoints",
    "path_of",
    "plain",
    "refused",
    "say_file",
]

_VERSION: Final = "3.17.2"
"""The version of MLflow whose interface this is."""
ROOTS: Final = ("", "/mlflow", "/mlflow/{space}")
"""Where the interface begins."""
_VERSIONS: Final = ("2.0", "3.0")
_APIS: Final = ("api", "ajax-api")
_FILES: Final = "mlflow-artifacts/artifacts"

Answer = Callable[[Call], Awaitable[Response]]


def endpoints() -> list[Endpoint]:
    """Return the endpoints at each root: one for all calls of a method, and those of files."""
    made = []
    for root in ROOTS:
        base = f"{root}/{{api}}/{{version}}"
        made += [
            Endpoint(method="GET", path=f"{root}/health", permission="anybody", answer=_health),
            Endpoint(method="GET", path=f"{root}/version", permission="anybody", answer=_version),
            *_files(base),
            # Which call it is says what it needs; `_called` asks for that.
            *(
                Endpoint(
                    method=method,
                    path=f"{base}/mlflow/{{rest:path}}",
                    permission="read",
                    answer=plain(_called),
                    refused=refused,
                )
                for method in ("GET", "POST", "PATCH", "PUT", "DELETE")
            ),
        ]
    return made


def _files(base: str) -> list[Endpoint]:
    ways: list[tuple[str, str, Permission, Answer]] = [
        ("GET", f"{base}/{_FILES}", "read", _list),
        ("GET", f"{base}/{_FILES}/{{path:path}}", "read", _give),
        ("PUT", f"{base}/{_FILES}/{{path:path}}", "write", _keep),
        ("DELETE", f"{base}/{_FILES}/{{path:path}}", "write", _remove),
    ]
    return [
        Endpoint(
            method=method, path=path, permission=permission, answer=plain(answer), refused=refused
        )
        for method, path, permission, answer in ways
    ]


def plain(answer: Answer) -> Answer:
    """Return what answers in MLflow's form whatever goes wrong."""

    async def answered(call: Call) -> Response:
        try:
            _check_base(call.request)
            return await answer(call)
        except MlflowError as error:
            return _refusal(error)
        except ForebearError as error:
            return refused(error)

    return answered


def refused(error: ForebearError) -> Response:
    """Return one of our errors as MLflow's clients expect it."""
    return _refusal(translated(error))


def _refusal(error: MlflowError) -> Response:
    said = {"error_code": error.code, "message": error.message}
    return Response(msgspec.json.encode(said), error.status, media_type="application/json")


async def _health(_: Call) -> Response:
    return PlainTextResponse("OK")


async def _version(_: Call) -> Response:
    return PlainTextResponse(_VERSION)


async def _called(call: Call) -> Response:
    rest = call.request.path_params["rest"]
    found = table.find(call.request.method, rest)
    if found is None:
        raise not_implemented(f"{call.request.method} {rest[:200]}")
    one, values = found
    call.request.state.call = f"mlflow {one.path}"
    call.who.must_here(one.permission)
    body = await body_of(call.request)
    desk = desk_of(call)
    told = await call.service.in_thread(lambda: table.answer(one, desk, {**body, **values}))
    return Response(msgspec.json.encode(told), media_type="application/json")


def _check_base(request: Request) -> None:
    given = request.path_params  # addresses of pages have neither
    if given.get("api", "api") not in _APIS or given.get("version", "2.0") not in _VERSIONS:
        raise MlflowError("ENDPOINT_NOT_FOUND", "There is nothing at this address.")


async def body_of(request: Request) -> Body:
    """Return what a request says, in its address and its body."""
    said: dict[str, list[str]] = {}
    for key, value in request.query_params.multi_items():
        said.setdefault(key, []).append(value)
    body: Body = {key: values if len(values) > 1 else values[0] for key, values in said.items()}
    raw = await read_body(request)
    if not raw:
        return body
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/json":
        # What a page of another origin can send without asking first is no request of a client.
        raise invalid(f"Bad Request. Content-Type must be application/json, and is '{media}'.")
    try:
        told = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise MlflowError("BAD_REQUEST", "The request body is no JSON.") from None
    if not isinstance(told, dict):
        raise MlflowError("BAD_REQUEST", "The request body is no JSON object.")
    return {**body, **told}


def desk_of(call: Call) -> Desk:
    """Return where a request is worked on: in the workspace that its address names."""
    call.who.must_here("read")
    space = _space(call)
    views: dict[str, View] = call.service.views
    view = views.get(space)
    if view is None:
        view = views.setdefault(space, View(call.service.store_in(call.workspace), space))
    return Desk(call.store, view, call.who.name, call.service.hooks)


def _space(call: Call) -> str:
    """Return MLflow's name of the workspace: that of the address, or where who asks works."""
    if call.workspace is not None:
        return "" if call.workspace == DEFAULT else call.workspace
    space: str = call.request.path_params.get("space", "")
    if space and (not space.isascii() or not space.replace("-", "").replace("_", "").isalnum()):
        raise invalid(f"Invalid workspace name '{space[:60]}'.")
    if len(space) > 60:
        raise invalid("A workspace name has 60 characters at most.")
    return space


async def _list(call: Call) -> Response:
    """Return the files of a folder, named by their last part."""
    said = call.request.query_params.get("path", "")
    desk = desk_of(call)

    def work() -> Any:
        folder = artifacts.plain(said)
        path = artifacts.check_path(folder) if folder else ""
        with desk.view.lock:
            desk.view.catch_up()
            return {"files": artifacts.listing(desk.view, path)}

    return Response(
        msgspec.json.encode(await call.service.in_thread(work)), media_type="application/json"
    )


async def _keep(call: Call) -> Response:
    path, desk = path_of(call), desk_of(call)
    if not artifacts.place_of(desk.view.space, path)[1]:
        raise Unreadable("A file lies in the folder of a run or a logged model.")
    kept = await keep_sent(call)
    fact = FileFact(digest=kept.digest, size=kept.size)
    await call.service.in_thread(lambda: say_file(desk, path, fact))
    return Response(b"{}", media_type="application/json")


async def _remove(call: Call) -> Response:
    """Hide a file, or all in a folder; the bytes stay, since something may be made of them."""
    path, desk = path_of(call), desk_of(call)

    def work() -> None:
        with desk.view.lock:
            desk.view.catch_up()
            below = artifacts.files_below(desk.view, path)
            gone = [f"{path}/{one}" for one in below] if below else [path]
            if not below and artifacts.find(desk.view, path) is None:
                raise missing(f"No such artifact: '{path}'")
            events = []
            for one in gone:
                about, key = artifacts.place_of(desk.view.space, one)
                events.append(FILE.say(about, None, key=key, by=desk.author))
            desk.write(events)

    await call.service.in_thread(work)
    return Response(b"{}", media_type="application/json")


async def _give(call: Call) -> Response:
    path, desk, looks = path_of(call), desk_of(call), is_by_a_page(call.request)

    def work() -> FileFact:
        with desk.view.lock:
            desk.view.catch_up()
            fact = artifacts.find(desk.view, path)
            # To look at it in a browser is no use of it, and a page might be a stranger's.
            used = artifacts.model_at(desk.view, path) if not looks else None
            if used is not None:
                record_use(desk, used)
        if fact is None:
            raise missing(f"No such artifact: '{path}'")
        return fact

    fact = await call.service.in_thread(work)
    return await send_kept(call, fact.digest, name=posixpath.basename(path))


def path_of(call: Call) -> str:
    """Return the path of the file that a request is about."""
    # Starlette has decoded it once; what is still encoded then was encoded twice.
    path = call.request.path_params["path"]
    if unquote(path) != path:
        raise invalid(f"Invalid path: {path[:200]!r}")
    return artifacts.check_path(path)


def say_file(desk: Desk, path: str, fact: FileFact) -> None:
    """Record that a file lies at a path."""
    about, key = artifacts.place_of(desk.view.space, path)
    with desk.view.lock:
        desk.view.catch_up()
        desk.write([FILE.say(about, fact, key=key, by=desk.author)])
