"""Which route an address leads to."""

import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route, Router
from starlette.testclient import TestClient

from forebear.server.routing import Directory

PATHS = ["/", "/health", "/api/v1/runs", "/api/v1/runs/{id}", "/{api}/2.0/{rest:path}",
         "/files/{rest:path}", "/{rest:path}"]  # fmt: skip


def app(kind):
    def route(path):
        async def answer(request):
            return PlainTextResponse(f"{path} {request.path_params}")

        return Route(path, answer, methods=["GET"])

    return kind([route(path) for path in PATHS])


@pytest.mark.parametrize(
    "path",
    ["/", "//", "/health", "/health/", "//health", "/api/v1/runs", "/api/v1/runs/", "/api/v1/x",
     "/api/v1/runs/7", "/api/2.0/mlflow/x", "/api/v1", "/files", "/files/", "/files/a/b", "/%2Fx"],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_address_leads_where_trying_all_routes_leads(path, method):
    ours, plain = (
        TestClient(app(kind)).request(method, path, follow_redirects=False)
        for kind in (Directory, Router)
    )
    assert (ours.status_code, ours.text) == (plain.status_code, plain.text)
    assert ours.headers.get("location") == plain.headers.get("location")
