from pathlib import Path

from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, numbered, rows_in


def split(folder: Path) -> Split:
    table = numbered(folder, "data/loans.csv")
    return rows_in(
        "data/loans.csv",
        *train_test_split(
            table["row"].to_numpy(), test_size=0.2, stratify=table["defaulted"], random_state=44
        ),
    )


TRUTH = Truth(
    about="voting over a calibrated and a stacked classifier; one function fits on training rows and only "
    "transforms test rows",
    make=data.loans,
    commands=["train.py"],
    file_edges=[("data/loans.csv", "stacked.joblib")],
    models=[
        ModelTruth(
            found="stacked.joblib",
            columns={"data/loans.csv": ["purpose", "income", "amount", "age"]},
            target={"data/loans.csv": ["defaulted"]},
            dropped={
                "data/loans.csv": fell(
                    'train.py: numbers = part[["income"',
                    "loan_id sex race term employment_years status",
                )
            },
            rows=split,
        )
    ],
)
