"""Who fetches models: each is a consumer of them in the graph, once a day."""

from __future__ import annotations

from typing import Final

from forebear.core.digest import of_bytes
from forebear.core.events import EdgesRecorded, Link, RunEnded, RunStarted
from forebear.server.mlflow.table import Desk

__all__ = ["record_use"]

_DAY: Final = 86_400_000


def record_use(desk: Desk, artifact: str) -> None:
    """Record that whoever asks has fetched a model; said again on the same day it is nothing."""
    key = of_bytes(f"{desk.by}\0{artifact}\0{desk.now // _DAY}".encode())
    id = f"{key[7:15]}-{key[15:19]}-8{key[20:23]}-8{key[24:27]}-{key[27:39]}"
    if desk.store.run(id) is not None:
        return
    link = Link(artifact=artifact, role="model")
    attrs = {"client": "mlflow", "by": desk.author}
    desk.write(
        [
            RunStarted(run=id, kind="consume", name="MLflow client", attrs=attrs),
            EdgesRecorded(run=id, used=[link]),
            RunEnded(run=id, status="finished"),
        ]
    )
