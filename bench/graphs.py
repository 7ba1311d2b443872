"""Graphs to ask: as pipelines and models make them, a long chain, and one that all comes from."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import NamedTuple

import numpy as np


class Made(NamedTuple):
    """A graph: raw data are the nodes from 1 on, then each run is followed by what it made."""

    raw: int
    runs: int
    sources: np.ndarray
    targets: np.ndarray

    @property
    def nodes(self) -> int:
        return self.raw + 2 * self.runs

    def seqs(self, nodes: np.ndarray) -> np.ndarray:
        """Return when nodes were recorded: a run with what it made is one event."""
        return np.where(nodes <= self.raw, nodes, self.raw + (nodes - self.raw + 1) // 2)

    def is_run(self, node: int) -> bool:
        return node > self.raw and (node - self.raw) % 2 == 1

    def key(self, node: int) -> str:
        return (
            f"0192a000-0000-7000-8000-{node:012x}" if self.is_run(node) else f"sha256:{node:064x}"
        )


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
    return _made(raw, runs, user, used)


def tangled(edges: int) -> Made:
    random = np.random.default_rng(7)
    runs, raw = edges // 4, max(10, edges // 400)
    user = np.repeat(np.arange(runs), random.integers(1, 6, runs))
    return _made(raw, runs, user, _picked(random, raw + user, recent=2000))


def chain(runs: int) -> Made:
    user = np.arange(runs)
    return _made(1, runs, user, user)


def base(runs: int) -> Made:
    user = np.arange(runs)
    return _made(1, runs, user, np.zeros_like(user))


def _picked(random: np.random.Generator, there: np.ndarray, recent: int) -> np.ndarray:
    """Choose one of the `there` first artifacts: mostly a late one, else an old popular one."""
    back = np.minimum(random.exponential(recent, len(there)).astype(np.int64), there - 1)
    old = (there * random.random(len(there)) ** 3).astype(np.int64)
    return np.where(random.random(len(there)) < 0.7, there - 1 - back, old)


def _made(raw: int, runs: int, user: np.ndarray, used: np.ndarray) -> Made:
    run = 1 + raw + 2 * np.arange(runs)
    artifact = np.concatenate([1 + np.arange(raw), run + 1])
    edges = np.concatenate([artifact[used], run]), np.concatenate([run[user], run + 1])
    pairs = np.unique(np.stack(edges, axis=1), axis=0)
    return Made(raw, runs, pairs[:, 0], pairs[:, 1])


def write_store(made: Made, folder: Path) -> None:
    """Make a store that holds this graph."""
    from forebear.store import open_store

    open_store(folder, create=True).close()
    database = sqlite3.connect(folder / "ledger.db", isolation_level=None)
    of_edges = "FROM sqlite_master WHERE tbl_name = 'edge' AND type = 'index' AND sql IS NOT NULL"
    indexes = database.execute(f"SELECT name, sql {of_edges}").fetchall()
    database.execute("PRAGMA synchronous = OFF")
    database.execute("BEGIN")
    for name, _ in indexes:
        database.execute(f"DROP INDEX {name}")
    for part in np.array_split(np.arange(1, made.nodes + 1), 1 + made.nodes // 100_000):
        words = ["run" if made.is_run(node) else "artifact" for node in part.tolist()]
        rows = zip(
            part.tolist(),
            map(made.key, part.tolist()),
            words,
            made.seqs(part).tolist(),
            strict=True,
        )
        database.executemany("INSERT INTO node (id, key, type, seq) VALUES (?, ?, ?, ?)", rows)
    insert = (
        "INSERT INTO edge (source, target, type, role, relation, slot, run, evidence, seq)"
        " VALUES (?, ?, ?, 'input', '', '', 0, 3, ?)"
    )
    for part in np.array_split(np.arange(len(made.sources)), 1 + len(made.sources) // 100_000):
        sources, targets = made.sources[part], made.targets[part]
        generated = (sources > made.raw) & ((sources - made.raw) % 2 == 1)
        seqs = np.maximum(made.seqs(sources), made.seqs(targets))
        columns = (sources, targets, generated + 1, seqs)
        database.executemany(insert, zip(*(column.tolist() for column in columns), strict=True))
    for _, sql in indexes:
        database.execute(sql)
    last, leaf = int(made.raw + made.runs), os.urandom(32)
    database.execute("INSERT INTO event VALUES (?, 'the-last', 0, ?, ?)", (last, leaf, b"{}"))
    frontier = bytes(32 * last.bit_count())
    database.execute("UPDATE head SET size = ?, root = ?, frontier = ?", (last, leaf, frontier))
    database.execute("COMMIT")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
