from pathlib import Path

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, numbered, rows_in


def split(folder: Path) -> Split:
    table = numbered(folder, "data/loans.csv")
    # The number in the name of a loan is the number of its row.
    rows = table[(table.age >= 25) & (table.purpose != "other")]["row"][:900]
    return rows_in("data/loans.csv", rows[rows % 4 != 0], rows[rows % 4 == 0])


TRUTH = Truth(
    about="one long chain of methods: rename by function, query, eval, pipe, assign with functions, "
    "nsmallest; the split by a digit of the name",
    make=data.loans,
    commands=["train.py"],
    file_edges=[("data/loans.csv", "loans.joblib")],
    models=[
        ModelTruth(
            found="loans.joblib",
            columns={"data/loans.csv": ["term", "amount", "income", "age"]},
            target={"data/loans.csv": ["defaulted"]},
            dropped={
                "data/loans.csv": fell('train.py: .drop(columns=["race", "sex"])', "race sex")
                | fell(
                    "train.py: model = LogisticRegression(",
                    "loan_id purpose employment_years status",
                )
            },
            rows=split,
        )
    ],
)
