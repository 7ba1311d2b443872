"""No two writers declare a cycle together, however they meet."""

import multiprocessing

import pytest

from forebear.client.client import LocalClient
from forebear.core.digest import of_bytes
from forebear.core.errors import CycleRefused
from forebear.core.events import ArtifactRecorded, Derived, EdgesRecorded, Link
from forebear.core.expectations import Unrelated
from forebear.ops.registry import DeriveRequest
from forebear.ops.table import Target
from forebear.store import open_store

PARTIES = 2
ROUNDS = 12


def model(number):
    return of_bytes(b"model %d" % number)


def recorded(*numbers):
    return [ArtifactRecorded(artifact=model(n), kind="model", digest=model(n)) for n in numbers]


def declare(opening, party, ready, done):
    """In each round declare one half of a cycle while another declares the rest."""
    refused = []
    with open_store(**opening) as store:
        client = LocalClient(store, by="user")
        for number in range(ROUNDS):
            ends = [Target(ref=model(PARTIES * number + n)) for n in (party, (party + 1) % PARTIES)]
            ready.wait()
            try:
                client.call(DeriveRequest(parent=ends[0], child=ends[1], relation="finetune"))
            except CycleRefused:
                refused.append(number)
    done.put(refused)


def test_of_processes_that_would_declare_a_cycle_together_the_last_is_refused(location):
    spawn = multiprocessing.get_context("spawn")
    with open_store(**location, create=True) as store:
        store.append(recorded(*range(PARTIES * ROUNDS)))
    ready, done = spawn.Barrier(PARTIES), spawn.Queue()
    workers = [
        spawn.Process(target=declare, args=(location, n, ready, done)) for n in range(PARTIES)
    ]
    for worker in workers:
        worker.start()
    refused = sorted(number for _ in workers for number in done.get(timeout=120))
    for worker in workers:
        worker.join()
    assert refused == list(range(ROUNDS))
    with open_store(**location) as store:
        for number in range(ROUNDS):
            ends = [model(PARTIES * number + n) for n in range(PARTIES)]
            assert len(store.edges(ends, "up")) == 1
        assert list(store.verify()) == []


def test_what_came_since_somebody_looked_is_looked_at_again(store):
    store.append(recorded(1, 2, 3))
    seen = store.head().size
    there = Derived(source=model(1), target=model(2), relation="finetune")
    back = Derived(source=model(2), target=model(1), relation="finetune")
    nothing = Unrelated(cause=model(1), effect=model(2), seq=seen)
    store.append([there], expect=Unrelated(cause=model(2), effect=model(1), seq=seen))
    with pytest.raises(CycleRefused):
        store.append([back], expect=nothing)
    run = EdgesRecorded(
        run="r", used=[Link(artifact=model(2))], generated=[Link(artifact=model(3))]
    )
    store.append([run])
    with pytest.raises(CycleRefused):
        store.append(
            [Derived(source=model(3), target=model(1), relation="copy")],
            expect=Unrelated(cause=model(1), effect=model(3), seq=seen),
        )
    assert store.head().size == 5


def test_something_unknown_leads_nowhere(store):
    store.append(recorded(1, 2))
    derived = Derived(source=model(7), target=model(1), relation="copy")
    store.append([derived], expect=Unrelated(cause=model(1), effect=model(7), seq=0))
    assert len(store.edges([model(1)], "up")) == 1
