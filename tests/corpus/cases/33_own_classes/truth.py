from pathlib import Path

from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, numbered, rows_in


def split(folder: Path) -> Split:
    rows = numbered(folder, "data/patients.csv").dropna(subset=["insulin"])["row"].to_numpy()
    return rows_in("data/patients.csv", *train_test_split(rows, random_state=21))


TRUTH = Truth(
    about="a transformer and a classifier of the user's own, from a module of the user's own, in a pipeline",
    make=data.patients,
    commands=["train.py"],
    file_edges=[("data/patients.csv", "near.joblib")],
    models=[
        ModelTruth(
            found="near.joblib",
            columns={"data/patients.csv": ["bmi", "glucose", "insulin"]},
            target={"data/patients.csv": ["diabetic"]},
            dropped={
                "data/patients.csv": fell(
                    'train.py: inputs = patients[["bmi"', "patient visit age pressure"
                )
            },
            rows=split,
        )
    ],
)
