"""What a logged model was made from, as its file MLmodel says: another model, known by its name.

The same name is the same artifact that recording gives a model from a hub.
"""

from __future__ import annotations

import re
from typing import Any, Final

from forebear.core.digest import of_bytes
from forebear.core.errors import ForebearError
from forebear.core.events import AnyEvent, ArtifactRecorded, Derived, LocationSeen
from forebear.exchange.mlflow.plain_yaml import read_yaml
from forebear.server.mlflow.facts import FileFact
from forebear.server.mlflow.table import Desk

__all__ = ["base_events"]

_FILE: Final = "MLmodel"
_LARGEST: Final = 256 << 10
_HUB: Final = re.compile(r"\w[\w.\-]*(?:/\w[\w.\-]*)?")


def base_events(desk: Desk, files: dict[str, FileFact], model: str) -> list[AnyEvent]:
    """Return what tells that a model with these files comes from another one."""
    said = _transformers(desk, files)
    given = said.get("source_model_name")
    name = given if isinstance(given, str) else ""
    if said.get("peft_adaptor"):
        relation = "adapter"
    else:
        relation = "base" if said.get("model_binary") else "copy"
    if _HUB.fullmatch(name):
        base = of_bytes(f"hf:{name}".encode())
        return [
            ArtifactRecorded(
                artifact=base, kind="model", digest=base, label=name, by_reference=True
            ),
            LocationSeen(artifact=base, uri=f"hf:{name}", mode="read"),
            Derived(source=base, target=model, relation=relation),
        ]
    # A folder on the machine of who logged it: it is known if our own tools saw it there.
    known = desk.store.find_location(name) if name.startswith("/") else []
    return [
        Derived(source=node.id, target=model, relation=relation)
        for node in known[:1]
        if node.kind == "model" and node.id != model
    ]


def _transformers(desk: Desk, files: dict[str, FileFact]) -> dict[str, Any]:
    """Return what MLmodel says of a model of transformers."""
    fact = files.get(_FILE)
    if fact is None or fact.size > _LARGEST:
        return {}
    try:
        body = desk.store.blobs.get(fact.digest)
        said = read_yaml(body) if len(body) <= _LARGEST else {}
        found = said["flavors"]["transformers"]
    except (ForebearError, ImportError, LookupError, TypeError, ValueError):
        return {}  # it is the client's file, and may be anything
    return found if isinstance(found, dict) else {}
