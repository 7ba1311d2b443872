from pathlib import Path

import numpy as np

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, rows_in


def split(folder: Path) -> Split:
    images = np.load(folder / "data/shapes.npz")["images"]
    kept = np.flatnonzero((images.reshape(len(images), -1) / 16.0).mean(axis=1) > 0.16)
    order = np.random.default_rng(0).permutation(len(kept))
    return rows_in("data/shapes.npz", kept[order[120:]], kept[order[:120]])


TRUTH = Truth(
    about="images in an npz file: reshape, a mask, index arrays of a permutation; predictions saved",
    make=data.digits,
    commands=["train.py"],
    file_edges=[("data/shapes.npz", "svc.joblib"), ("data/shapes.npz", "predicted.npy")],
    models=[
        ModelTruth(
            found="svc.joblib",
            columns={"data/shapes.npz": ["images"]},
            target={"data/shapes.npz": ["labels"]},
            dropped={"data/shapes.npz": fell("train.py: with np.load(", "writers")},
            rows=split,
        )
    ],
)
