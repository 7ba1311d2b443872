"""Of several who promote at once one wins, in every kind of store and from several processes."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from forebear.client.local import LocalClient
from forebear.client.signing import StoreSigner
from forebear.core.policies import PROMOTION
from forebear.ops.promotion import PromoteRequest, RollbackRequest
from forebear.ops.table import Target
from story import Story

PROMOTER = """
import json, sys
from forebear.client.local import LocalClient
from forebear.core.errors import Conflict
from forebear.ops.promotion import PromoteRequest
from forebear.ops.table import Target
from forebear.store import open_store
location, version = json.loads(sys.argv[1]), sys.argv[2]
with open_store(**location) as store:
    client = LocalClient(store, by="ops")
    request = PromoteRequest(target=Target(ref=f"churn:{version}"), stage="production", expect=1)
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        print("won" if client.call(request).moved else "refused")
    except Conflict:
        print("lost")
"""


def told(store, tmp_path: Path) -> LocalClient:
    story = Story(tmp_path)
    story.prepare()
    for depth in (2, 4, 8):
        story.train(depth, 0.8, save=f"model{depth}.pkl")
    store.append(story.events)
    return LocalClient(store, by="ops", signer=StoreSigner(tmp_path / "keys"))


def test_of_promoters_in_several_processes_one_wins(location, store, tmp_path):
    client = told(store, tmp_path)
    client.call(PromoteRequest(target=Target(ref="churn:1"), stage="production"))
    place = json.dumps({key: str(value) for key, value in location.items()})
    with ExitStack() as stack:
        promoters = {
            version: stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", PROMOTER, place, version],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for version in ("2", "3")
        }
        assert [one.stdout.readline() for one in promoters.values()] == ["ready\n", "ready\n"]
        for one in promoters.values():
            one.stdin.write("go\n")
            one.stdin.flush()
        outcomes = {version: one.stdout.read().strip() for version, one in promoters.items()}
    assert sorted(outcomes.values()) == ["lost", "won"]
    (winner,) = [version for version, one in outcomes.items() if one == "won"]
    assert store.alias("model", "churn", "production").version == int(winner)
    moves = [one for one in PROMOTION.history(store.statements) if one.value.stage == "production"]
    assert len(moves) == 2


def test_an_override_and_a_rollback_survive_a_rebuild(store, tmp_path):
    client = told(store, tmp_path)
    for version in (1, 2):
        client.call(PromoteRequest(target=Target(ref=f"churn:{version}"), stage="production"))
    client.call(RollbackRequest(name="churn", stage="prod", why="slow"))
    before = PROMOTION.history(store.statements)
    store.rebuild()
    assert PROMOTION.history(store.statements) == before
    assert store.alias("model", "churn", "production").version == 1
