"""Folders of Hugging Face's libraries: the files of weights in them, and what their cards claim."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from forebear.capture.datafiles import file_read, place_of
from forebear.capture.known import ModelFolder
from forebear.capture.model_folders import folder_loaded, folder_saved
from forebear.capture.objects import export_model
from forebear.capture.patching import Call
from forebear.capture.session import Session
from forebear.capture.tracker import Origin
from forebear.core.digest import of_bytes
from forebear.core.errors import Unreadable
from forebear.core.events import Derived, LocationSeen
from forebear.engines.safetensors import safetensors_weights

__all__ = ["claim_below", "from_hub", "loaded_from", "weight_files", "weights_in", "written_to"]

_PATTERNS: Final = ("*.safetensors", "*.bin", "*.gguf")
_LARGEST_CARD: Final = 1 << 20


def weight_files(folder: Path) -> list[Path]:
    """Return the files in a folder that hold a model's weights."""
    found = {path for pattern in _PATTERNS for path in folder.glob(pattern)}
    return sorted(path for path in found if path.name not in ("training_args.bin", "optimizer.bin"))


def claim_below(call: Call, folder: Path) -> None:
    """Say that the observer accounts for everything that was opened below a folder."""
    inside = str(folder) + os.sep
    call.opened[:] = [entry for entry in call.opened if not entry[0].startswith(inside)]


def weights_in(path: Path) -> dict[str, str]:
    """Return the digest of the weights in a file, as its artifact carries it."""
    if path.suffix != ".safetensors":
        return {}
    try:
        digest = safetensors_weights(path)
    except Unreadable:
        return {}
    return {"weights": digest} if digest is not None else {}


def loaded_from(call: Call, source: Any, format: str) -> list[Origin]:
    """Record that the run uses a model in a folder, or one from elsewhere by its name."""
    session, place = call.session, place_of(source)
    if not isinstance(place, Path) or not place.is_dir():
        return [from_hub(session, str(source), "model")]
    claim_below(call, place)
    found = []
    weights = _weights_below(place)
    for path, digest in weights.items():
        artifact = file_read(session, path, format=format, kind="model", **digest)
        found.append(Origin(artifact=artifact, label=place.name))
        if not session.files.was_written(artifact):
            session.used(artifact, "model")
            _record_claims(session, place, artifact)
    files = [str(one.artifact) for one in found]
    folder_loaded(session, place, _folder(None, format, files, weights))
    return found


def from_hub(session: Session, name: str, kind: Any) -> Origin:
    """Return what is known by its name on a hub only: its content is not read."""
    uri = f"hf:{'datasets/' if kind == 'data' else ''}{name}"
    digest = of_bytes(uri.encode())
    artifact = session.artifact(kind, digest, label=name, by_reference=True)
    session.emit(LocationSeen(artifact=artifact, uri=uri, mode="read", run=session.here))
    return Origin(artifact=artifact, label=name)


def written_to(call: Call, model: Origin, target: Any, format: str) -> list[str]:
    """Record the weights that a model was saved as in a folder, and return their artifacts."""
    session, place = call.session, place_of(target)
    if not isinstance(place, Path) or not place.is_dir():
        return []
    claim_below(call, place)
    found = []
    weights = _weights_below(place)
    for path, digest in weights.items():
        artifact = session.file(path, "write", kind="model", format=format, **digest)
        export_model(session, model, path, artifact)
        found.append(artifact)
    folder_saved(session, place, _folder(model.artifact, format, found, weights))
    return found


def _weights_below(place: Path) -> dict[Path, dict[str, str]]:
    """Return the files of weights in a folder, with what `weights_in` says of each."""
    return {path: weights_in(path) for path in weight_files(place)}


def _folder(
    model: str | None, format: str, files: list[str], weights: dict[Path, dict[str, str]]
) -> ModelFolder:
    whole = next(iter(weights.values())) if len(weights) == 1 else {}
    return ModelFolder(model, format, files, frozenset(weights), whole)


# Cards ---------------------------------------------------------------------------------------


def _record_claims(session: Session, folder: Path, artifact: str) -> None:
    """Record what a model's card says that it was made of: claims, nobody saw it."""
    card = _card(folder / "README.md")
    relation = card.get("base_model_relation")
    for name in _texts(card.get("base_model")):
        _claim(session, from_hub(session, name, "model"), artifact, str(relation or "base"))
    for name in _texts(card.get("datasets")):
        _claim(session, from_hub(session, name, "data"), artifact, "train")


def _claim(session: Session, source: Origin, target: str, relation: str) -> None:
    session.emit(
        Derived(
            source=source.artifact or "",
            target=target,
            relation=relation,
            evidence="declared",
            run=session.here,
        )
    )


def _card(path: Path) -> dict[str, Any]:
    """Return the YAML at the head of a card; nothing when there is none, or no reader."""
    yaml = sys.modules.get("yaml")
    if yaml is None or not path.is_file() or path.stat().st_size > _LARGEST_CARD:
        return {}
    parts = path.read_text(encoding="utf-8", errors="replace").split("---", 2)
    if len(parts) < 3 or parts[0].strip():
        return {}
    try:
        told = yaml.safe_load(parts[1])
    except yaml.YAMLError:
        return {}
    return told if isinstance(told, dict) else {}


def _texts(value: Any) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str) and one:
            yield one
