from pathlib import Path

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, numbered


def split(folder: Path) -> Split:
    table = numbered(folder, "data/sensor.csv")
    table["day"] = table.time.str[:10]
    train, test = [], []
    for machine in ("B", "A"):
        for day, rows in table[table.machine == machine].groupby("day")["row"]:
            (train if day < "2024-05-20" else test).append(list(rows))
    return {"data/sensor.csv": train}, {"data/sensor.csv": test}


TRUTH = Truth(
    about="melt, group by day and machine, unstack, crosstab, join on an index of two levels; the split is by day",
    make=data.sensor,
    commands=["train.py"],
    file_edges=[("data/sensor.csv", "failures.joblib"), ("data/sensor.csv", "counts.csv")],
    models=[
        ModelTruth(
            found="failures.joblib",
            columns={"data/sensor.csv": ["temperature", "vibration"]},
            target={"data/sensor.csv": ["failure"]},
            dropped={
                "data/sensor.csv": fell("train.py: long = sensor.melt(", "pressure humidity")
                | fell("train.py: model = Ridge()", "time machine")
            },
            rows=split,
        )
    ],
    time={"data/sensor.csv": "time"},
)
