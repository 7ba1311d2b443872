from pathlib import Path

from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import Leak, ModelTruth, Split, Truth, fell, rows_in


def split(folder: Path) -> Split:
    _, test = train_test_split(list(range(1000)), test_size=0.2, random_state=14)
    return rows_in("data/patients.csv", range(1000), test)


TRUTH = Truth(
    about="LEAK: the final model is trained on everything, and then tested on a part of it",
    make=data.patients,
    commands=["train.py"],
    file_edges=[("data/patients.csv", "final.joblib")],
    models=[
        ModelTruth(
            found="final.joblib",
            columns={"data/patients.csv": ["age", "bmi", "glucose"]},
            target={"data/patients.csv": ["diabetic"]},
            dropped={
                "data/patients.csv": fell(
                    'train.py: X = patients[["age"', "patient visit pressure insulin"
                )
            },
            rows=split,
        )
    ],
    leaks=[Leak(kind="overlap", at="train.py: final.fit(X, y)")],
)
