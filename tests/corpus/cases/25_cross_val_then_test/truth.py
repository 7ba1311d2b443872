from pathlib import Path

from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, rows_in


def split(folder: Path) -> Split:
    return rows_in(
        "data/houses.csv", *train_test_split(list(range(1000)), test_size=0.25, random_state=77)
    )


TRUTH = Truth(
    about="three candidates compared by cross-validation inside the training rows; the test rows are "
    "used once",
    make=data.houses,
    commands=["train.py"],
    file_edges=[("data/houses.csv", "best.joblib")],
    models=[
        ModelTruth(
            found="best.joblib",
            columns={"data/houses.csv": ["area", "rooms", "year_built", "neighbourhood"]},
            target={"data/houses.csv": ["price"]},
            dropped={
                "data/houses.csv": fell(
                    "train.py: X = houses.loc[:", "Id garage heating lot_area agent"
                )
            },
            rows=split,
        )
    ],
)
