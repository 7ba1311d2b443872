"""A store with something of everything to attack, and what it looks like to who compares."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select

from forebear.store import open_store, schema
from forebear.store.sql_store import SqlStore
from story import Story

SECRET = "canary-7f3a9c"
"""Part of the path of the store's folder: no answer may hold it."""


@contextmanager
def seeded(folder: Path) -> Iterator[SqlStore]:
    """Yield a store with data, models, a deployment, an alias, a gap and kept bytes."""
    place = folder / SECRET
    place.mkdir()
    with open_store(place / ".forebear", create=True) as store:
        story = Story(folder / "project")
        story.prepare()
        made = story.train(2, 0.8)
        story.train(3, 0.9, save="model2.pkl")
        story.serve(made.model)
        story.alias("champion", 1, "first")
        story.gap(made.run, "a file was read by a library that is not known")
        store.append(story.events)
        store.blobs.put(b"kept bytes")
        yield store


def standing(store: SqlStore) -> dict[str, str]:
    """Return a digest of each table and of the folder of kept bytes."""
    told = {"blobs": _digest(store.blobs.digests())}
    with store._database.inspecting() as connection:
        for table in (schema.event, schema.refusal, *schema.PROJECTIONS):
            rows = connection.execute(select(table))
            told[table.name] = _digest(sorted(repr(tuple(row)) for row in rows))
    return told


def _digest(lines: Iterator[str] | list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
