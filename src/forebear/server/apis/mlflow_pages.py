"""Files as MLflow's pages ask for them: by run, by version or by logged model; and in parts.

A client that is told to (MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD) asks where a file can be fetched
from in several parts at once, and asks for a part again where one is lost.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import TypeVar

import msgspec
from starlette.responses import Response

from forebear.ops.table import Permission
from forebear.server.apis.mlflow import (
    ROOTS,
    Answer,
    desk_of,
    path_of,
    plain,
    refused,
    say_file,
)
from forebear.server.endpoints import Call, Endpoint
from forebear.server.kept import keep_sent, send_kept
from forebear.server.mlflow import artifacts
from forebear.server.mlflow.errors import invalid, missing
from forebear.server.mlflow.facts import FileFact
from forebear.server.mlflow.registered import files_at, version_at
from forebear.server.mlflow.table import Desk

__all__ = ["endpoints"]

T = TypeVar("T")


def endpoints() -> list[Endpoint]:
    """Return the endpoints at each root."""
    made = []
    for root in ROOTS:
        base = f"{root}/{{api}}/{{version}}"
        ways: list[tuple[str, str, Permission, Answer]] = [
            ("GET", f"{root}/get-artifact", "read", _of_run),
            ("GET", f"{root}/model-versions/get-artifact", "read", _of_version),
            ("GET", f"{base}/mlflow/logged-models/{{id}}/artifacts/files", "read", _of_logged),
            ("POST", f"{base}/mlflow/upload-artifact", "write", _upload),
            ("GET", f"{base}/mlflow-artifacts/presigned/{{path:path}}", "read", _presigned),
        ]
        made += [
            Endpoint(
                method=method, path=path, permission=permission, answer=plain(answer),
                refused=refused,
            )
            for method, path, permission, answer in ways
        ]  # fmt: skip
    return made


async def _of_run(call: Call) -> Response:
    desk = desk_of(call)
    return await _file(call, desk, "path", lambda: _root_of_run(call, desk))


async def _of_version(call: Call) -> Response:
    desk, query = desk_of(call), call.request.query_params

    def root() -> str:
        model, number = version_at(desk, dict(query))
        return files_at(desk, model.versions[number])

    return await _file(call, desk, "path", root)


async def _of_logged(call: Call) -> Response:
    desk, id = desk_of(call), call.request.path_params["id"]
    return await _file(call, desk, "artifact_file_path", lambda: desk.logged(id).fact.artifact_uri)


async def _upload(call: Call) -> Response:
    """Keep what a page has made for a run, such as a note or a picture."""
    if not call.request.query_params.get("run_uuid"):
        raise invalid("Request must specify run_uuid.")
    desk, inside = desk_of(call), _inside(call, "path")
    root = await _asked(call, desk, lambda: _root_of_run(call, desk))
    kept = await keep_sent(call)
    if not kept.size:
        raise invalid("Request must specify data.")
    path = posixpath.join(artifacts.path_of(root) or "", inside)
    fact = FileFact(digest=kept.digest, size=kept.size)
    await call.service.in_thread(lambda: say_file(desk, path, fact))
    return _json({})


async def _presigned(call: Call) -> Response:
    """Say where a file is to be fetched: here, by whoever asks, in ranges of any size."""
    path, desk = path_of(call), desk_of(call)
    fact = await _asked(call, desk, lambda: _found(desk, path))
    here = str(call.request.url.replace(query=""))
    url = here.replace("/mlflow-artifacts/presigned/", "/mlflow-artifacts/artifacts/", 1)
    given = call.request.headers.get("authorization")
    headers = {"Authorization": given} if given else {}
    return _json({"url": url, "headers": headers, "file_size": fact.size})


async def _file(call: Call, desk: Desk, name: str, root: Callable[[], str]) -> Response:
    """Send the file that a request names by `name`, below a root."""
    inside = _inside(call, name)

    def find() -> FileFact:
        path = artifacts.path_of(root())
        if path is None:
            raise missing(f"'{inside}' lies elsewhere, and is not served here.")
        return _found(desk, f"{path}/{inside}")

    fact = await _asked(call, desk, find)
    return await send_kept(call, fact.digest, name=posixpath.basename(inside))


async def _asked(call: Call, desk: Desk, ask: Callable[[], T]) -> T:
    """Ask the view, which is up to date, in a thread."""

    def work() -> T:
        with desk.view.lock:
            desk.view.catch_up()
            return ask()

    return await call.service.in_thread(work)


def _found(desk: Desk, path: str) -> FileFact:
    fact = artifacts.find(desk.view, path)
    if fact is None:
        raise missing(f"No such artifact: '{path}'")
    return fact


def _root_of_run(call: Call, desk: Desk) -> str:
    query = call.request.query_params
    return desk.run(query.get("run_id") or query.get("run_uuid") or "").fact.artifact_uri


def _inside(call: Call, name: str) -> str:
    said = call.request.query_params.get(name)
    if not said:
        raise invalid(f"Request must specify {name}.")
    return artifacts.check_path(said)


def _json(told: object) -> Response:
    return Response(msgspec.json.encode(told), media_type="application/json")
