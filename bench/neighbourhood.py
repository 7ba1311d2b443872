"""What lies around a thing on a large graph: the question that the lineage explorer asks.

    python bench/neighbourhood.py [--edges 1000000] [--keep FOLDER]

On the graphs of bench/graph.py, asked by the operation itself: around the node with the most
links, and around the latest one, one link each side, three, and as far as there is something.
Medians of nine, in ms, with how many things are shown and how many more are counted.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from graph import Made, pipelines, tangled, write_store

from forebear.client.client import LocalClient
from forebear.ops.neighbourhood import NeighbourhoodRequest
from forebear.ops.table import Target
from forebear.store import open_store

TIMES = 9
ASKED = {
    "one link": {},
    "three links": {"up": 3, "down": 3},
    "all": {"up": 99, "down": 99},
    "all, artifacts only": {"up": 99, "down": 99, "sorts": ["data", "model", "other"]},
    "step by step": {"up": 3, "down": 3, "detail": "steps"},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--edges", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path, help="where to keep the graphs for another time")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for kind in (pipelines, tangled):
            place = (chosen.keep or Path(folder)) / f"{kind.__name__}-{chosen.edges}"
            made = kind(chosen.edges)
            if not place.exists():
                write_store(made, place)
            measure(kind.__name__, made, place)


def measure(name: str, made: Made, place: Path) -> None:
    """Ask and print, one line a question."""
    links = np.bincount(made.sources, minlength=made.nodes + 1)
    crowded = int(links.argmax())
    print(f"\n{name}: {len(made.sources):,} edges; the crowded node has {links[crowded]:,} links")
    with open_store(place) as store:
        client = LocalClient(store, by="bench")
        for node, called in ((crowded, "crowded"), (made.nodes, "latest")):
            for words, more in ASKED.items():
                request = NeighbourhoodRequest(target=Target(ref=made.key(node)), **more)
                took = []
                for _ in range(TIMES):
                    begun = time.perf_counter()
                    answer = client.call(request)
                    took.append(1000 * (time.perf_counter() - begun))
                beyond = sum(stub.count for stub in answer.stubs)
                print(
                    f"  {called:8} {words:20} {statistics.median(took):8.1f}"
                    f"   {len(answer.nodes):4} shown, {beyond:6,} more"
                )


if __name__ == "__main__":
    main()
