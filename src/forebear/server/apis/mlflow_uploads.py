"""Large files of MLflow's clients in parts, with MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD or without.

The client asks where the parts go, sends each there, several at once, and says when all are sent.
"""

from __future__ import annotations

import ntpath
import posixpath
from typing import Any

import msgspec
from starlette.responses import Response

from forebear.ops.table import Permission
from forebear.server.apis.mlflow import ROOTS, body_of, desk_of, path_of, plain, refused, say_file
from forebear.server.endpoints import Call, Endpoint
from forebear.server.mlflow import artifacts
from forebear.server.mlflow.errors import invalid
from forebear.server.mlflow.facts import FileFact
from forebear.server.mlflow.uploads import Upload, Uploads
from forebear.server.mlflow.values import Body, items, number, text

__all__ = ["endpoints"]

_FOLDER = "uploads"


def endpoints() -> list[Endpoint]:
    """Return the endpoints at each root."""
    made = []
    for root in ROOTS:
        base = f"{root}/{{api}}/{{version}}/mlflow-artifacts/mpu"
        ways: list[tuple[str, str, Permission | None, Any]] = [
            ("POST", "create/{path:path}", "write", _create),
            ("POST", "complete/{path:path}", "write", _complete),
            ("POST", "abort/{path:path}", "write", _abort),
            # Whoever has the id of an upload was given it by `create`.
            ("PUT", "part/{id}/{number:int}", None, _part),
            ("GET", "part/{id}", None, _parts),
        ]
        made += [
            Endpoint(
                method=method,
                path=f"{base}/{path}",
                permission=permission or "anybody",
                answer=plain(answer),
                refused=refused,
            )
            for method, path, permission, answer in ways
        ]
    return made


async def _create(call: Call) -> Response:
    """Begin an upload, and say where its parts go."""
    body = await body_of(call.request)
    path, count = _file_of(call, body), number(body, "num_parts", 1)
    space = desk_of(call).view.space
    id = await call.service.in_thread(lambda: _uploads(call).begin(space, path, count))
    base = str(call.request.url.replace(query="")).partition("/mpu/create/")[0]
    credentials = [
        {"url": f"{base}/mpu/part/{id}/{part}", "part_number": part, "headers": {}}
        for part in range(1, count + 1)
    ]
    return _json({"upload_id": id, "credentials": credentials})


async def _part(call: Call) -> Response:
    """Keep a part."""
    asked = call.request.path_params
    part = await _uploads(call).keep(asked["id"], asked["number"], call.request.stream())
    return Response(status_code=200, headers={"ETag": f'"{part.etag}"'})


async def _parts(call: Call) -> Response:
    """Return the parts that are there, for those who go on after an interruption."""
    id = call.request.path_params["id"]
    uploads = _uploads(call)
    upload, parts = await call.service.in_thread(lambda: (uploads.find(id), uploads.parts(id)))
    return _json({"num_parts": upload.parts, "parts": parts, "complete": upload.done is not None})


async def _complete(call: Call) -> Response:
    """Make one file of the parts; said again, nothing happens."""
    body = await body_of(call.request)
    id, path, desk = text(body, "upload_id"), _file_of(call, body), desk_of(call)
    uploads = _uploads(call)
    wanted = [(number(one, "part_number"), text(one, "etag")) for one in items(body, "parts")]

    def work() -> None:
        with uploads.alone(id) as upload:
            if _own(upload, desk.view.space, path).done is not None:
                return
            whole = uploads.whole(id, wanted)
            fact = FileFact(digest=desk.store.blobs.put_file(whole), size=whole.stat().st_size)
            say_file(desk, path, fact)
            uploads.end(id, fact)

    await call.service.in_thread(work)
    return _json({})


async def _abort(call: Call) -> Response:
    """Forget an upload."""
    body = await body_of(call.request)
    id, path, space = text(body, "upload_id"), _file_of(call, body), desk_of(call).view.space
    uploads = _uploads(call)

    def work() -> None:
        with uploads.alone(id) as upload:
            _own(upload, space, path)
            uploads.end(id, None)

    await call.service.in_thread(work)
    return _json({})


def _uploads(call: Call) -> Uploads:
    return Uploads(call.service.place.kept / _FOLDER)


def _file_of(call: Call, body: Body) -> str:
    """Return the path of the file: the client says the folder, and where it has the file itself."""
    name = ntpath.basename(posixpath.basename(text(body, "path")))
    path = artifacts.check_path(posixpath.join(path_of(call), name))
    if not artifacts.place_of("", path)[1]:
        raise invalid("A file lies in the folder of a run or a logged model.")
    return path


def _own(upload: Upload, space: str, path: str) -> Upload:
    if (upload.space, upload.path) != (space, path):
        raise invalid("The upload is that of another file.")
    return upload


def _json(told: Any) -> Response:
    return Response(msgspec.json.encode(told), media_type="application/json")
