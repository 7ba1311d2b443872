from pathlib import Path

from sklearn.model_selection import GroupShuffleSplit

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, numbered, rows_in


def split(folder: Path) -> Split:
    table = numbered(folder, "data/patients.csv").sort_values("visit", kind="stable")
    chosen = GroupShuffleSplit(n_splits=1, test_size=0.2, random_state=6)
    train, test = next(chosen.split(table, groups=table["patient"]))
    rows = table["row"].to_numpy()
    return rows_in("data/patients.csv", rows[train], rows[test])


TRUTH = Truth(
    about="whole patients are held out; folds by group choose a setting; one test at the end",
    make=data.patients,
    commands=["train.py"],
    file_edges=[("data/patients.csv", "models/diabetes.joblib")],
    models=[
        ModelTruth(
            found="models/diabetes.joblib",
            columns={"data/patients.csv": ["age", "bmi", "pressure", "insulin"]},
            target={"data/patients.csv": ["diabetic"]},
            dropped={
                "data/patients.csv": fell("train.py: X = visits.filter(", "patient visit glucose")
            },
            rows=split,
        )
    ],
)
