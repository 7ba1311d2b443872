from pathlib import Path

from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import Leak, ModelTruth, Split, Truth, fell


def split(folder: Path) -> Split:
    train, test = train_test_split(list(range(500)), test_size=100, random_state=3)
    return (
        {"data/spectra.npy": train, "data/water.npy": train},
        {"data/spectra.npy": test, "data/water.npy": test},
    )


TRUTH = Truth(
    about="LEAK: the five best channels are chosen by their correlation with the answer over all rows",
    make=data.spectra,
    commands=["train.py"],
    file_edges=[("data/spectra.npy", "water.joblib"), ("data/water.npy", "water.joblib")],
    models=[
        ModelTruth(
            found="water.joblib",
            columns={"data/spectra.npy": ["1", "3", "6", "8", "10"]},
            target={"data/water.npy": ["0"]},
            dropped={
                "data/spectra.npy": fell(
                    "train.py: X_best = selector.fit_transform(", "0 2 4 5 7 9 11"
                )
            },
            rows=split,
        )
    ],
    leaks=[Leak(kind="preprocessing", at="train.py: X_best = selector.fit_transform(")],
)
