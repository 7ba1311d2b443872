from pathlib import Path

import numpy as np
from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, rows_in


def split(folder: Path) -> Split:
    labels = np.load(folder / "data/shapes.npz")["labels"]
    rows = np.flatnonzero(labels != 0)
    return rows_in(
        "data/shapes.npz",
        *train_test_split(rows, test_size=0.25, random_state=33, stratify=labels[rows] == 2),
    )


TRUTH = Truth(
    about="arrays handed from one script to the next in an npz file; standardised by hand with figures of "
    "the training rows; batches and epochs of partial_fit",
    make=data.digits,
    commands=["prepare.py", "train.py"],
    file_edges=[("data/shapes.npz", "prepared.npz"), ("prepared.npz", "shapes.joblib")],
    models=[
        ModelTruth(
            found="shapes.joblib",
            columns={"data/shapes.npz": ["images"]},
            target={"data/shapes.npz": ["labels"]},
            dropped={
                "data/shapes.npz": fell('prepare.py: images, labels = shapes["images"]', "writers")
            },
            rows=split,
        )
    ],
)
