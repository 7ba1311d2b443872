from pathlib import Path

import numpy as np

from corpus import data
from corpus.truth import Leak, ModelTruth, Split, Truth, rows_in

SOURCE = "data/wine.txt"


def split(folder: Path) -> Split:
    order = np.random.RandomState(7).permutation(450)
    return rows_in(SOURCE, order[:360], order[360:])


def reach(folder: Path) -> Split:
    """Mean and deviation come from all rows."""
    train, test = split(folder)
    return (
        {SOURCE: [list(range(450)) for _ in train[SOURCE]]},
        {SOURCE: [list(range(450)) for _ in test[SOURCE]]},
    )


TRUTH = Truth(
    about="LEAK: NumPy arrays are normalised with figures of all rows, then shuffled and cut",
    make=data.wine,
    commands=["train.py"],
    file_edges=[(SOURCE, "knn.joblib")],
    models=[
        ModelTruth(
            found="knn.joblib",
            columns={SOURCE: ["0", "1", "2", "3", "4", "5"]},
            target={SOURCE: ["6"]},
            rows=split,
            reach=reach,
        )
    ],
    leaks=[
        Leak(
            kind="preprocessing",
            at="train.py: knn.fit(",
            cause="train.py: X = (X - X.mean(axis=0))",
        )
    ],
)
