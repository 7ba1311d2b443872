from functools import partial
from pathlib import Path

from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, rows_in


def make(folder: Path) -> None:
    data.houses(folder)
    data.patients(folder)


def split(source: str, folder: Path) -> Split:
    return rows_in(source, *train_test_split(list(range(1000)), test_size=0.1, random_state=0))


TRUTH = Truth(
    about="two tables and two models side by side: nothing of the one reaches the other's files",
    make=make,
    commands=["train.py"],
    file_edges=[
        ("data/houses.csv", "price.joblib"),
        ("data/houses.csv", "price.json"),
        ("data/patients.csv", "sick.joblib"),
        ("data/patients.csv", "guesses.csv"),
    ],
    standalone=["README.txt"],
    models=[
        ModelTruth(
            found="price.joblib",
            columns={"data/houses.csv": ["area", "rooms"]},
            target={"data/houses.csv": ["price"]},
            dropped={
                "data/houses.csv": fell(
                    "train.py: price = LinearRegression()",
                    "Id year_built garage neighbourhood heating lot_area agent",
                )
            },
            rows=partial(split, "data/houses.csv"),
        ),
        ModelTruth(
            found="sick.joblib",
            columns={"data/patients.csv": ["bmi", "glucose"]},
            target={"data/patients.csv": ["diabetic"]},
            dropped={
                "data/patients.csv": fell(
                    "train.py: sick = LogisticRegression(", "patient visit age pressure insulin"
                )
            },
            rows=partial(split, "data/patients.csv"),
        ),
    ],
)
