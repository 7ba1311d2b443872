from pathlib import Path

import numpy as np

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, numbered, rows_in


def split(folder: Path) -> Split:
    table = numbered(folder, "data/patients.csv")
    rows = table[(table.bmi >= 15) & (table.bmi <= 45)]["row"].to_numpy()
    first = np.random.RandomState(2024).rand(len(rows)) < 0.75
    return rows_in("data/patients.csv", rows[first], rows[~first])


TRUTH = Truth(
    about="the script starts another Python that prepares the data; the split is a column of words",
    make=data.patients,
    commands=["run.py"],
    file_edges=[("data/patients.csv", "work.csv"), ("work.csv", "patients.joblib")],
    models=[
        ModelTruth(
            found="patients.joblib",
            columns={"data/patients.csv": ["bmi", "glucose", "age"]},
            target={"data/patients.csv": ["diabetic"]},
            dropped={
                "data/patients.csv": fell(
                    'prepare.py: table[["bmi", "glucose", "older"', "patient visit pressure insulin"
                )
            },
            rows=split,
        )
    ],
)
