"""Versions of one data set, as files that were recorded: what tests of quality begin with."""

from __future__ import annotations

import random

from forebear.core.digest import of_bytes
from forebear.core.events import ArtifactRecorded, LocationSeen, VersionNamed


def people(rows=300, *, seed=1, old=False, blank=0.02, letters="MF"):
    """A CSV file of people; `old` plants impossible ages."""
    dice = random.Random(seed)
    lines = ["id,age,sex,income"]
    for number in range(rows):
        age = 999 if old and number % 50 == 0 else dice.randint(18, 80)
        income = "" if dice.random() < blank else f"{dice.lognormvariate(10, 0.5):.2f}"
        lines.append(f"{number},{age},{dice.choice(letters)},{income}")
    return ("\n".join(lines) + "\n").encode()


def version(store, folder, content, name="people"):
    """Record a file as the next version of a name, and return its artifact."""
    digest = of_bytes(content)
    path = folder / f"{digest[7:15]}.csv"
    path.write_bytes(content)
    store.append(
        [
            ArtifactRecorded(
                artifact=digest,
                kind="data",
                digest=digest,
                label=path.name,
                format="csv",
                size=len(content),
                rows=content.count(b"\n") - 1,
            ),
            LocationSeen(artifact=digest, uri=str(path), mode="read"),
            VersionNamed(kind="data", name=name, artifact=digest, by="ops"),
        ]
    )
    return digest
