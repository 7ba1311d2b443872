"""Lineage questions on large graphs, side by side in one run.

    python bench/graph.py [--quick] [--sizes 100000,1000000,10000000] [--keep FOLDER]

Builds stores with graphs that grew as real ones do: each run uses one to five artifacts that were
there before it, most of them recent, some of them old and popular, and generates one.
*pipelines* go through stages (raw data, features, models, evaluations), so that an ancestry is
small and the effects of raw data are many; in *tangled* any artifact may be used, so that nearly
everything is an ancestor of what comes late. A *chain* of 10,000 runs and a *base* model used by
a million runs stand for the extremes.

Node and edge tables are written directly, with a ledger of one event: what is measured is the
graph. (`bench-ingest` measures recording.) Every engine runs in a process of its own and
answers the same questions; times are in ms, the median of some rounds with the best in brackets.
"""

from __future__ import annotations

import argparse
import functools
import importlib.util
import json
import os
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

CHAIN = 10_000
SECONDS = 0.6
"""For how long a question is asked again, at least three times."""


# The graphs -------------------------------------------------------------------------------------


class Made(NamedTuple):
    """Edges with the seq of the run that they belong to; nodes are numbered from 1."""

    sources: np.ndarray
    targets: np.ndarray
    seqs: np.ndarray
    nodes: int


def pipelines(edges: int) -> Made:
    random = np.random.default_rng(7)
    runs, raw = edges // 4, max(10, edges // 400)
    stage = random.choice([1, 2, 3, 4], runs, p=[0.1, 0.25, 0.4, 0.25])
    user = np.repeat(np.arange(runs), random.integers(1, 6, runs))
    used = np.empty(len(user), np.int64)
    for one in (1, 2, 3, 4):
        mine = stage[user] == one
        pool = np.arange(raw) if one == 1 else raw + np.flatnonzero(stage == one - 1)
        there = np.maximum(np.searchsorted(pool, raw + user[mine]), 1)
        used[mine] = pool[_picked(random, there, recent=50)]
    return _bipartite(raw, runs, user, used)


def tangled(edges: int) -> Made:
    random = np.random.default_rng(7)
    runs, raw = edges // 4, max(10, edges // 400)
    user = np.repeat(np.arange(runs), random.integers(1, 6, runs))
    return _bipartite(raw, runs, user, _picked(random, raw + user, recent=2000))


def chain(_: int) -> Made:
    user = np.arange(CHAIN)
    return _bipartite(1, CHAIN, user, user)


def base(edges: int) -> Made:
    user = np.arange(edges)
    return _bipartite(1, edges, user, np.zeros_like(user))


def _picked(random: np.random.Generator, there: np.ndarray, recent: int) -> np.ndarray:
    """Choose one of the `there` first ones: mostly one of the last, else an old popular one."""
    back = np.minimum(random.exponential(recent, len(there)).astype(np.int64), there - 1)
    old = (there * random.random(len(there)) ** 3).astype(np.int64)
    return np.where(random.random(len(there)) < 0.7, there - 1 - back, old)


def _bipartite(raw: int, runs: int, user: np.ndarray, used: np.ndarray) -> Made:
    """Number nodes as they come: raw data, then each run followed by what it generated."""
    run = 1 + raw + 2 * np.arange(runs)
    artifact = np.concatenate([1 + np.arange(raw), run + 1])
    seqs = raw + 1 + np.arange(runs)
    return Made(
        np.concatenate([artifact[used], run]),
        np.concatenate([run[user], run + 1]),
        np.concatenate([seqs[user], seqs]),
        raw + 2 * runs,
    )


def key(node: int, made: Made) -> str:
    raw = made.nodes - 2 * int(made.seqs[-1] - made.seqs.min() + 1)
    is_run = node > raw and (node - raw) % 2 == 1
    return f"0192a000-0000-7000-8000-{node:012x}" if is_run else f"sha256:{node:064x}"


def store_of(made: Made, folder: Path) -> float:
    """Write a graph into a new store and return the seconds that it took."""
    from forebear.store import open_store

    open_store(folder, create=True).close()
    began = time.perf_counter()
    last = int(made.seqs.max())
    raw = made.nodes - 2 * int(made.seqs[-1] - made.seqs.min() + 1)
    order = np.lexsort((made.targets, made.sources))
    columns = (made.sources, made.targets, np.where(made.sources > raw, 1, 0), made.seqs)
    database = sqlite3.connect(folder / "ledger.db", isolation_level=None)
    database.execute("PRAGMA synchronous = OFF")
    indexes = database.execute(
        "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'edge' AND type = 'index'"
        " AND sql IS NOT NULL"
    ).fetchall()
    database.execute("BEGIN")
    for name, _ in indexes:
        database.execute(f"DROP INDEX {name}")
    database.executemany(
        "INSERT INTO node VALUES (?, ?, ?, ?)",
        (
            (node, name, "run" if name.startswith("0") else "artifact", min(node, last))
            for node in range(1, made.nodes + 1)
            for name in (key(node, made),)
        ),
    )
    database.executemany(
        "INSERT OR IGNORE INTO edge VALUES (?, ?, ?, 'input', '', '', 0, 3, ?)",
        (row for part in np.array_split(order, 200) for row in zip(*(c[part].tolist() for c in _typed(columns)))),
    )
    for _, sql in indexes:
        database.execute(sql)
    leaf = os.urandom(32)
    database.execute("INSERT INTO event VALUES (?, 'the-last-event', 0, ?, ?)", (last, leaf, b"{}"))
    database.execute(
        "UPDATE head SET size = ?, root = ?, frontier = ?", (last, leaf, bytes(32 * last.bit_count()))
    )
    database.execute("COMMIT")
    database.close()
    return time.perf_counter() - began
