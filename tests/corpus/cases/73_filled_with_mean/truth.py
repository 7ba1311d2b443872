from pathlib import Path

from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import Leak, ModelTruth, Split, Truth, fell, numbered, rows_in

SOURCE = "data/patients.csv"


def split(folder: Path) -> Split:
    return rows_in(SOURCE, *train_test_split(list(range(1000)), test_size=0.3, random_state=20))


def reach(folder: Path) -> Split:
    """A filled value comes from all that are there."""
    table = numbered(folder, SOURCE)
    known = list(table[table.insulin.notna()]["row"])
    missing = set(table["row"]) - set(known)

    def wide(part):
        return {SOURCE: [[row, *known] if row in missing else row for row in part[SOURCE]]}

    train, test = split(folder)
    return wide(train), wide(test)


TRUTH = Truth(
    about="LEAK: gaps are filled with the mean of all rows by pandas, before the split; no fit is involved",
    make=data.patients,
    commands=["train.py"],
    file_edges=[(SOURCE, "insulin.joblib")],
    models=[
        ModelTruth(
            found="insulin.joblib",
            columns={SOURCE: ["bmi", "insulin", "pressure"]},
            target={SOURCE: ["diabetic"]},
            dropped={SOURCE: fell('train.py: X = patients[["bmi"', "patient visit age glucose")},
            rows=split,
            reach=reach,
        )
    ],
    leaks=[
        Leak(
            kind="preprocessing",
            at="train.py: model = LogisticRegression(",
            cause='train.py: patients["insulin"] = patients["insulin"].fillna(',
        )
    ],
)
