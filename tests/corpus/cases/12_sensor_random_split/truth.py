from pathlib import Path

import pandas as pd
from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import Leak, ModelTruth, Split, Truth, fell, numbered


def parts(folder: Path):
    table = numbered(folder, "data/sensor.csv")
    table = table[table.machine == "A"].reset_index(drop=True)
    return table, *train_test_split(table.index[3:-1].to_numpy(), test_size=0.2, random_state=8)


def split(folder: Path) -> Split:
    table, train, test = parts(folder)
    row = table["row"]
    return {"data/sensor.csv": list(row[train])}, {"data/sensor.csv": list(row[test])}


def reach(folder: Path) -> Split:
    """A day back (the rolling mean of 24 hours), one hour ahead (the answer)."""
    table, train, test = parts(folder)
    row = table["row"]

    def rows(part):
        return {"data/sensor.csv": [list(row[max(0, i - 23) : i + 2]) for i in part]}

    assert isinstance(row, pd.Series)
    return rows(train), rows(test)


TRUTH = Truth(
    about="LEAK: a time series with lags is split at random, so that the model knows the hours around each test hour",
    make=data.sensor,
    commands=["train.py"],
    file_edges=[("data/sensor.csv", "forecast.joblib")],
    models=[
        ModelTruth(
            found="forecast.joblib",
            columns={"data/sensor.csv": ["temperature", "humidity"]},
            target={"data/sensor.csv": ["temperature"]},
            dropped={
                "data/sensor.csv": fell('train.py: .set_index("time")', "time")
                | fell('train.py: X = readings[["t-1"', "machine pressure vibration failure")
            },
            rows=split,
            reach=reach,
        )
    ],
    leaks=[
        Leak(
            kind="time",
            at="train.py: model.fit(X_train, y_train)",
            cause="train.py: X_train, X_test, y_train, y_test = train_test_split(",
        )
    ],
    time={"data/sensor.csv": "time"},
)
