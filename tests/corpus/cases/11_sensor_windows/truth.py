from pathlib import Path

import numpy as np

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, numbered


def parts(folder: Path):
    table = numbered(folder, "data/sensor.csv").sort_values(["machine", "time"])
    table["place"] = table.groupby("machine").cumcount()
    kept = table[table.place.between(5, 698)]
    return table, kept[kept.time < "2024-05-22"], kept[kept.time >= "2024-05-23"]


def split(folder: Path) -> Split:
    _, train, test = parts(folder)
    return {"data/sensor.csv": list(train["row"])}, {"data/sensor.csv": list(test["row"])}


def reach(folder: Path) -> Split:
    """Six hours back (the rolling mean), one hour ahead (the answer)."""
    table, train, test = parts(folder)
    of = {machine: np.array(one["row"]) for machine, one in table.groupby("machine")}

    def rows(part):
        pairs = zip(part.machine, part.place, strict=True)
        return {"data/sensor.csv": [list(of[m][p - 5 : p + 2]) for m, p in pairs]}

    return rows(train), rows(test)


TRUTH = Truth(
    about="a time series by machine: shift, rolling in transform, diff; the split is by date with a gap",
    make=data.sensor,
    commands=["train.py"],
    file_edges=[("data/sensor.csv", "sensor.joblib")],
    models=[
        ModelTruth(
            found="sensor.joblib",
            columns={"data/sensor.csv": ["temperature", "vibration", "pressure"]},
            target={"data/sensor.csv": ["failure"]},
            dropped={"data/sensor.csv": fell("train.py: clf.fit(", "time machine humidity")},
            rows=split,
            reach=reach,
        )
    ],
    time={"data/sensor.csv": "time"},
)
