from pathlib import Path

from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import Leak, ModelTruth, Split, Truth, fell, rows_in


def split(folder: Path) -> Split:
    return rows_in("data/houses.csv", *train_test_split(list(range(1000)), random_state=42))


TRUTH = Truth(
    about="LEAK: gaps are filled from neighbours among all rows before the split",
    make=data.houses,
    commands=["train.py"],
    file_edges=[("data/houses.csv", "forest.joblib")],
    models=[
        ModelTruth(
            found="forest.joblib",
            columns={"data/houses.csv": ["area", "rooms", "year_built", "garage", "lot_area"]},
            target={"data/houses.csv": ["price"]},
            dropped={
                "data/houses.csv": fell(
                    "train.py: numbers = houses.select_dtypes(", "Id neighbourhood heating agent"
                )
            },
            rows=split,
        )
    ],
    leaks=[Leak(kind="preprocessing", at="train.py: KNNImputer(n_neighbors=3).fit_transform(")],
)
