"""How often `forebear blame` names first what a fault came in with, on stored profiles alone.

    python bench/blame.py [--seeds 20] [--only nulls]

A pipeline of eight tables in three branches (`tests/ops/blamestory.py`) is run well, and once more
with a fault at a table and a column that are chosen by chance.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import warnings
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from forebear.client.client import LocalClient
from forebear.ops.blame import BlameRequest, BlameResponse
from forebear.ops.table import Target
from forebear.store import open_store
from ops.blamestory import FAULTS, blame_story, planted

WORDS = "right first|right, not alone|right later|not sure|sees nothing|wrong".split("|")


def outcome(answer: BlameResponse, place: str) -> str:
    """Return what an answer is worth, where the fault came in with `place`."""
    if not answer.problems:
        return "sees nothing"
    origins = answer.problems[0].origins
    if origins[0].artifact == place and origins[0].sure:
        return "right first" if len(origins) == 1 else "right, not alone"
    if not origins[0].sure:
        return "not sure"
    everywhere = [one.artifact for problem in answer.problems for one in problem.origins]
    return "right later" if place in everywhere else "wrong"


def tried(fault: str, seed: int) -> tuple[str, str]:
    """Return what one trial came to, and the trial in words."""
    table, column, spoil = planted(fault, seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = open_store(folder / ".forebear", create=True)
        client = LocalClient(store, by="bench")
        blame_story(store, client, folder / "good", 1000 + seed)
        made = blame_story(store, client, folder / "bad", 2000 + seed, spoil)
        answer = client.call(BlameRequest(target=Target(ref=made["training"])))
        store.close()
    return outcome(answer, made[table]), f"{fault} {seed}: {table} {column}: {answer.verdict}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Trials of blame.")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    print("| fault | " + " | ".join(WORDS) + " |")
    print("|---" * (len(WORDS) + 1) + "|")
    said = []
    for fault in FAULTS:
        if options.only not in fault:
            continue
        counts: Counter[str] = Counter()
        for seed in range(options.seeds):
            word, words = tried(fault, seed)
            counts[word] += 1
            said += [f"{word}: {words}"] if word != WORDS[0] else []
        print(f"| {fault} | " + " | ".join(f"{counts[word]}" for word in WORDS) + " |", flush=True)
    print("\n".join(["", *said]))


if __name__ == "__main__":
    main()
