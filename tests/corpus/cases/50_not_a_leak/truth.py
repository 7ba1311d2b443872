from pathlib import Path

from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, rows_in


def split(folder: Path) -> Split:
    return rows_in(
        "data/loans.csv", *train_test_split(list(range(1500)), test_size=0.2, random_state=0)
    )


TRUTH = Truth(
    about="looks like leaks and is none: row-wise steps before the split, class names encoded before it, "
    "fits on training rows, and a scaler of all rows that the model never sees",
    make=data.loans,
    commands=["train.py"],
    file_edges=[("data/loans.csv", "watch.joblib"), ("data/loans.csv", "model.joblib")],
    models=[
        ModelTruth(
            found="model.joblib",
            columns={"data/loans.csv": ["amount", "income", "employment_years", "age", "purpose"]},
            target={"data/loans.csv": ["defaulted"]},
            dropped={
                "data/loans.csv": fell(
                    "train.py: X_train, X_test, y_train, y_test = ", "loan_id sex race term status"
                )
            },
            rows=split,
        )
    ],
)
