from pathlib import Path

import numpy as np

from corpus import data
from corpus.truth import Leak, ModelTruth, Split, Truth, fell


def split(folder: Path) -> Split:
    test = sorted(int(i) for i in np.random.RandomState(1).choice(500, 125, replace=False))
    train = sorted(set(range(500)) - set(test))
    return (
        {"data/spectra.npy": train, "data/water.npy": train},
        {"data/spectra.npy": test, "data/water.npy": test},
    )


TRUTH = Truth(
    about="LEAK: principal components are computed from all rows before a mask divides them",
    make=data.spectra,
    commands=["train.py --components 3"],
    file_edges=[("data/spectra.npy", "pcr.joblib"), ("data/water.npy", "pcr.joblib")],
    models=[
        ModelTruth(
            found="pcr.joblib",
            columns={"data/spectra.npy": [str(i) for i in range(1, 11)]},
            target={"data/water.npy": ["0"]},
            dropped={"data/spectra.npy": fell("train.py: spectra = np.delete(", "0 11")},
            rows=split,
        )
    ],
    leaks=[Leak(kind="preprocessing", at="train.py: scores = PCA(")],
)
