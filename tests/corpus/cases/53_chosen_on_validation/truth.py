from pathlib import Path

from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, rows_in


def split(folder: Path) -> Split:
    rest, test = train_test_split(list(range(1000)), test_size=0.2, random_state=0)
    train, _ = train_test_split(rest, test_size=0.25, random_state=0)
    return rows_in("data/patients.csv", train, test)


TRUTH = Truth(
    about="seven models are compared on validation rows, and only the chosen one meets the test rows",
    make=data.patients,
    commands=["train.py"],
    file_edges=[("data/patients.csv", "knn.joblib")],
    models=[
        ModelTruth(
            found="knn.joblib",
            columns={"data/patients.csv": ["bmi", "glucose", "pressure", "insulin"]},
            target={"data/patients.csv": ["diabetic"]},
            dropped={"data/patients.csv": fell('train.py: X = df[["bmi"', "patient visit age")},
            rows=split,
        )
    ],
)
