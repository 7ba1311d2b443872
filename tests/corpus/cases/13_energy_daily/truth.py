from functools import partial
from pathlib import Path

from sklearn.model_selection import TimeSeriesSplit

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell

SOURCE = "data/energy.csv"
DAYS = 100


def hours(days, before: int = 0):
    return {SOURCE: [list(range((day - before) * 24, (day + 1) * 24)) for day in days]}


def fold(number: int, before: int, folder: Path) -> Split:
    train, test = list(TimeSeriesSplit(n_splits=4).split(range(DAYS - 1)))[number - 1]
    return hours(train + 1, before), hours(test + 1, before)


def whole(before: int, folder: Path) -> Split:
    return hours(range(1, DAYS), before), {}


def model(found: str, nth: int, rows, reach) -> ModelTruth:
    return ModelTruth(
        found=found,
        nth=nth,
        columns={SOURCE: ["temperature", "holiday", "load_mw"]},
        target={SOURCE: ["load_mw"]},
        dropped={SOURCE: fell("train.py: hourly = pd.read_csv(", "timestamp")},
        rows=rows,
        reach=reach,
    )


TRUTH = Truth(
    about="hours are resampled to days (a row stands for 24), yesterday's load; TimeSeriesSplit; "
    "the last model is trained on everything",
    make=data.energy,
    commands=["train.py"],
    file_edges=[("data/energy.csv", "load_model.joblib")],
    models=[
        *(
            model(
                "memory:Ridge@train.py: ridge.fit(X[train_idx]",
                number,
                partial(fold, number, 0),
                partial(fold, number, 1),
            )
            for number in (1, 2, 3, 4)
        ),
        model("load_model.joblib", 0, partial(whole, 0), partial(whole, 1)),
    ],
    time={"data/energy.csv": "timestamp"},
)
