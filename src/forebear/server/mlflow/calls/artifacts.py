"""Lists of the files that runs have; their bytes are served by `server/apis/mlflow.py`."""

from __future__ import annotations

from forebear.server.mlflow import artifacts
from forebear.server.mlflow.table import Desk, serves
from forebear.server.mlflow.values import Body, optional, text

__all__ = ["of_run"]


@serves("GET", "artifacts/list", "read")
def of_run(desk: Desk, body: Body) -> Body:
    """Return the files in a folder of a run."""
    run = desk.run(text(body, "run_id", "run_uuid"))
    inside = optional(body, "path") or ""
    root = artifacts.path_of(run.fact.artifact_uri) or ""
    folder = f"{root}/{artifacts.check_path(inside)}" if inside else root
    files = artifacts.listing(desk.view, folder, relative_to=inside)
    return {"root_uri": run.fact.artifact_uri, "files": files}
