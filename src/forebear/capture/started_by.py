"""The run of another tool that started this program, as OpenLineage hands it on.

Airflow and others set `OPENLINEAGE_CONTEXT`, or the older `OPENLINEAGE_PARENT_ID` and
`OPENLINEAGE_ROOT_PARENT_ID`, for what they start.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import msgspec

__all__ = ["started_by"]


class _Job(msgspec.Struct, frozen=True):
    namespace: str
    name: str


class _Run(msgspec.Struct, frozen=True, rename="camel"):
    run_id: uuid.UUID


class _Told(msgspec.Struct, frozen=True):
    run: _Run
    job: _Job


class _Parent(_Told, frozen=True, omit_defaults=True):
    root: _Told | None = None


class _Context(msgspec.Struct, frozen=True):
    parent: _Parent


def started_by(environ: Mapping[str, str]) -> dict[str, Any] | None:
    """Return the run above, and the one at the top, in the form of OpenLineage's `parent` facet.

    >>> told = started_by({"OPENLINEAGE_PARENT_ID": f"prod/shop.train/{uuid.UUID(int=7)}"})
    >>> told["job"], told["run"]["runId"][-4:]
    ({'namespace': 'prod', 'name': 'shop.train'}, '0007')
    """
    said = environ.get("OPENLINEAGE_CONTEXT")
    found: _Parent | None = None
    if said:
        try:
            found = msgspec.json.decode(said, type=_Context).parent
        except (msgspec.MsgspecError, RecursionError):
            found = None
    if found is None:
        above = _identified(environ.get("OPENLINEAGE_PARENT_ID"))
        if above is None:
            return None
        top = _identified(environ.get("OPENLINEAGE_ROOT_PARENT_ID"))
        found = _Parent(run=above.run, job=above.job, root=top)
    told: dict[str, Any] = msgspec.to_builtins(found)
    return told


def _identified(said: str | None) -> _Told | None:
    """Read NAMESPACE/JOB/RUN; a namespace may have slashes in it."""
    try:
        namespace, name, run = (said or "").rsplit("/", 2)
        return _Told(_Run(uuid.UUID(run)), _Job(namespace, name))
    except ValueError:
        return None
