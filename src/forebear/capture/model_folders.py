"""Folders that are one model: its weights with its settings, its tokenizer and its card.

A folder is known by the digest of all that is in it, as `forebear show FOLDER` digests it. The
files of weights in it come out of it. What is saved beside the weights may come later, so a folder
that a program writes is looked at when the program ends.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, Literal

from forebear.capture.known import ModelFolder
from forebear.capture.objects import export_model
from forebear.capture.session import Session
from forebear.capture.tracker import Origin
from forebear.core.errors import Unreadable
from forebear.core.events import LocationSeen
from forebear.engines.files import digest_path

__all__ = ["folder_loaded", "folder_saved", "settle_folders"]

_MOST_BESIDE: Final = 256 << 20
"""So many bytes beside its weights a model has at most; else there is more in its folder."""
_CHECKPOINT: Final = "checkpoint-"


def folder_saved(session: Session, place: Path, folder: ModelFolder) -> None:
    """Remember a folder in which a model was saved, for the end of the program."""
    session.models.folders[place] = folder


def folder_loaded(session: Session, place: Path, folder: ModelFolder) -> None:
    """Record a folder out of which a model was loaded, unless this run is still writing it."""
    if place in session.models.folders:
        return
    whole = _record(session, place, folder, "read")
    if whole is not None:
        session.models.loaded_folders.add(whole)
        _tie(session, whole, folder)


def settle_folders(session: Session) -> None:
    """Record the folders in which models were saved, now that they are complete."""
    for place, folder in session.models.folders.items():
        whole = _record(session, place, folder, "write")
        if whole is None or whole in session.models.loaded_folders:
            continue
        if folder.model in folder.files:
            # What was loaded is saved again: the file was there before this folder.
            session.derived(folder.model, whole, "export")
            continue
        _tie(session, whole, folder)
        if folder.model is not None:
            export_model(session, Origin(artifact=folder.model), place, whole)
    session.models.folders.clear()


def _record(
    session: Session, place: Path, folder: ModelFolder, mode: Literal["read", "write"]
) -> str | None:
    try:
        if not folder.files or not _is_one_model(place, folder.weight_files):
            return None
        found = digest_path(place)
    except (Unreadable, OSError):
        return None  # it is gone, or holds what nobody can read: its files are on record
    session.artifact(
        "model",
        found.digest,
        label=place.name,
        format=folder.format,
        size=found.size,
        **folder.weights,
    )
    session.emit(LocationSeen(artifact=found.digest, uri=str(place), mode=mode, run=session.here))
    return found.digest


def _tie(session: Session, whole: str, folder: ModelFolder) -> None:
    """Say that the files in a folder come out of it: who loads one has used the folder."""
    for file in folder.files:
        session.derived(whole, file, "export")


def _is_one_model(place: Path, weights: frozenset[Path]) -> bool:
    """Tell whether a folder holds a model and little else, and not the states of a training."""
    if not place.is_dir():
        return False
    beside = 0
    for root, folders, files in os.walk(place):
        if any(name.startswith(_CHECKPOINT) for name in folders):
            return False
        for name in files:
            path = Path(root) / name
            if path not in weights and path.exists():
                beside += path.stat().st_size
                if beside > _MOST_BESIDE:
                    return False
    return True
