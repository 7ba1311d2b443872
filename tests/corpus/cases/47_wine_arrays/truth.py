from pathlib import Path

import numpy as np

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, rows_in


def split(folder: Path) -> Split:
    raw = np.loadtxt(folder / "data/wine.txt")
    kept = np.flatnonzero((np.abs(raw[:, :6]) < 3.5).all(axis=1))
    order = kept[np.argsort(raw[kept, 0], kind="stable")]
    assert (
        len(set(raw[kept, 0])) > len(kept) - 10
    )  # ties are rare, and the sort has to agree on them
    test = np.arange(len(order)) % 5 == 0
    return rows_in("data/wine.txt", order[~test], order[test])


TRUTH = Truth(
    about="NumPy: loadtxt without header, slices, masks, column_stack, to a DataFrame and back, np.delete",
    make=data.wine,
    commands=["train.py"],
    file_edges=[("data/wine.txt", "lda.pkl")],
    models=[
        ModelTruth(
            found="lda.pkl",
            columns={"data/wine.txt": ["0", "2", "3", "5"]},
            target={"data/wine.txt": ["6"]},
            dropped={"data/wine.txt": fell("train.py: features = np.column_stack(", "1 4")},
            rows=split,
        )
    ],
)
