"""The web application: its built files below /ui, and the way there from `/`.

Links that MLflow's clients print begin at the address that they know; what is behind their `#`
the application reads itself.

The files are built from `ui/` into `server/static`; where they are missing, /ui says so.
"""

from __future__ import annotations

import mimetypes
import secrets
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from forebear.server.endpoints import Call, Endpoint

__all__ = ["BUILT", "endpoints"]

BUILT: Final = Path(__file__).parents[1] / "static"
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self';"
    " img-src 'self' data: blob:; font-src 'self'; style-src 'self' 'nonce-{nonce}';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_NONCE: Final = b'name="forebear-nonce" content="'
_FOREVER: Final = "public, max-age=31536000, immutable"
_MISSING: Final = b"""<!doctype html><html lang="en"><title>forebear</title>
<h1>The web application is not built</h1>
<p>In a copy of the source, <code>make ui</code> builds it (it needs node 20 or newer); an installed
forebear brings it along. All else is served: <a href="/openapi.json">/openapi.json</a>.</p></html>
"""


def endpoints() -> list[Endpoint]:
    """Return the endpoints of the web application."""
    return [
        *(
            Endpoint(method="GET", path=path, permission="anybody", answer=_to_the_pages)
            for path in ("/", "/ui", "/mlflow", "/mlflow/{space}")
        ),
        Endpoint(method="GET", path="/ui/{path:path}", permission="anybody", answer=_file_or_page),
    ]


async def _to_the_pages(call: Call) -> Response:
    """Send browsers to the pages; programs find nothing but at /ui."""
    if call.request.url.path != "/ui" and "text/html" not in call.request.headers.get("accept", ""):
        raise HTTPException(404)
    return RedirectResponse("/ui/")


async def _file_or_page(call: Call) -> Response:
    """Answer with a built file; every other address is one of the application's own pages."""
    path = call.request.path_params["path"]
    file = _files().get(path)
    if file is not None and path != "index.html":
        # The name of what lies in `assets` has its digest in it, so that it never changes.
        kept = _FOREVER if path.startswith("assets/") else "no-cache"
        return Response(file.read_bytes(), headers={"Cache-Control": kept}, media_type=_media(path))
    if PurePosixPath(path).suffix and path.startswith("assets/"):
        raise HTTPException(404)
    return _page()


def _page() -> Response:
    nonce = secrets.token_urlsafe(16)
    start = _files().get("index.html")
    body = start.read_bytes() if start is not None else _MISSING
    headers = {
        "Cache-Control": "no-cache",
        "Content-Security-Policy": _POLICY.format(nonce=nonce),
    }
    said = body.replace(_NONCE, _NONCE + nonce.encode(), 1)
    return HTMLResponse(said, 200 if start is not None else 503, headers)


def _media(path: str) -> str:
    # What a machine's own table says of .js must not matter: browsers obey the type.
    known = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
    suffix = PurePosixPath(path).suffix
    return known.get(suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"


def _files() -> dict[str, Path]:
    """Return the built files by address: what is not listed here is never read."""
    start = BUILT / "index.html"
    return _listed(BUILT, start.stat().st_mtime_ns) if start.exists() else {}


@lru_cache(maxsize=1)
def _listed(folder: Path, _built: int) -> dict[str, Path]:
    return {
        file.relative_to(folder).as_posix(): file
        for file in folder.rglob("*")
        if file.is_file() and not file.relative_to(folder).parts[0].startswith(".")
    }
