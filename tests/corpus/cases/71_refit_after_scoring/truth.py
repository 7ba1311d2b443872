from pathlib import Path

from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, rows_in

SOURCE = "data/patients.csv"


def split(folder: Path) -> Split:
    return rows_in(SOURCE, *train_test_split(list(range(1000)), test_size=0.2, random_state=14))


def everything(folder: Path) -> Split:
    return rows_in(SOURCE, range(1000))


TRUTH = Truth(
    about="a model is tested, saved, and then the same object is trained anew on everything and saved "
    "under another name: two models, and no leak, for the second is never tested",
    make=data.patients,
    commands=["train.py"],
    file_edges=[(SOURCE, "tested.joblib"), (SOURCE, "production.joblib")],
    models=[
        ModelTruth(
            found=found,
            columns={SOURCE: ["age", "bmi", "glucose"]},
            target={SOURCE: ["diabetic"]},
            dropped={
                SOURCE: fell('train.py: X = patients[["age"', "patient visit pressure insulin")
            },
            rows=rows,
        )
        for found, rows in (("tested.joblib", split), ("production.joblib", everything))
    ],
)
