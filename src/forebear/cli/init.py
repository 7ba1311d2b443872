"""`forebear init`: make a store."""

from __future__ import annotations

import os
from pathlib import Path

from msgspec import Struct

from forebear.cli.app import COMMON, KEEP, Common, command
from forebear.cli.output import note, print_json, print_lines
from forebear.client.client import connect
from forebear.client.formats import place
from forebear.client.lines import line
from forebear.client.locate import FOLDER, VARIABLE, init_store, locate
from forebear.core.addresses import without_password
from forebear.core.errors import NoStore

__all__ = ["init"]


class _Made(Struct):
    """Where the store is, and whether its folder is new."""

    store: str
    new: bool


@command(KEEP)
def init(folder: Path = Path(), *, common: Common = COMMON) -> None:
    """Make a store: a folder `.forebear` that holds everything recorded here and below.

    Recording makes one by itself where there is none; this says where it shall be.

    Parameters
    ----------
    folder
        The folder to make it in (default: this one).
    """
    if common.store is not None and "://" in common.store:
        _init_elsewhere(common.store, as_json=common.json)
        return
    chosen = _chosen(folder, common)
    try:
        locate(str(chosen))
        new = False
    except NoStore:
        new = True
    init_store(chosen)
    connect(str(chosen)).close()  # lays the ledger, and says if it cannot be used
    if common.json:
        print_json(_Made(store=str(chosen), new=new))
        return
    words = "Made a store at" if new else "There is a store already at"
    print_lines([line(f"{words} {place(str(chosen))}.")])
    used = os.environ.get(VARIABLE, "").strip()
    if common.store is None and used:
        note(f"{VARIABLE} names {without_password(used)}: that is what commands use")


def _init_elsewhere(url: str, *, as_json: bool) -> None:
    found = locate(url)
    connect(url).close()
    if as_json:
        print_json(_Made(store=str(found), new=False))
        return
    print_lines(
        [
            line(f"The store is at {found}."),
            line(f"What is recorded here waits for it in {place(str(found.folder))}."),
        ]
    )


def _chosen(folder: Path, common: Common) -> Path:
    if common.store is None:
        return (folder / FOLDER).absolute()
    return Path(common.store).expanduser().absolute()
