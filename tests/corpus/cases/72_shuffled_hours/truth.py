from functools import partial
from pathlib import Path

from sklearn.model_selection import KFold

from corpus import data
from corpus.truth import Leak, ModelTruth, Split, Truth, fell

SOURCE = "data/energy.csv"


def fold(number: int, reach: int, folder: Path) -> Split:
    folds = KFold(n_splits=3, shuffle=True, random_state=4).split(range(1498))
    train, test = list(folds)[number - 1]

    def rows(part):
        return {SOURCE: [list(range(i + 1 - reach, i + 2 + reach)) for i in part]}

    return rows(train), rows(test)


FIT = "train.py: model = HistGradientBoostingRegressor("

TRUTH = Truth(
    about="LEAK: hours with lags go into shuffled folds, so that each test hour lies between training hours",
    make=data.energy,
    commands=["train.py"],
    file_edges=[(SOURCE, "errors.txt")],
    models=[
        ModelTruth(
            found=f"memory:HistGradientBoostingRegressor@{FIT}",
            nth=number,
            columns={SOURCE: ["timestamp", "temperature", "load_mw"]},
            target={SOURCE: ["load_mw"]},
            dropped={SOURCE: fell('train.py: X = energy[["hour"', "holiday")},
            rows=partial(fold, number, 0),
            reach=partial(fold, number, 1),
        )
        for number in (1, 2, 3)
    ],
    leaks=[Leak(kind="time", at=FIT, cause="train.py: for train, test in KFold(")],
    time={SOURCE: "timestamp"},
)
