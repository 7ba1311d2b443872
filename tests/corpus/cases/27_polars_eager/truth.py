from pathlib import Path

from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, numbered, rows_in


def split(folder: Path) -> Split:
    table = numbered(folder, "data/loans.csv")
    kept = table[(table.status != "fraud") & (table.age >= 25)]
    kept = kept.sort_values("loan_id", ascending=False).drop_duplicates(["income", "amount"])
    rows = kept["row"].to_numpy()
    return rows_in("data/loans.csv", *train_test_split(rows, test_size=0.2, random_state=13))


TRUTH = Truth(
    about="Polars, eager: filter, with_columns, sort, unique, drop, select, to_numpy",
    make=data.loans,
    commands=["train.py"],
    file_edges=[("data/loans.csv", "loans_polars.joblib")],
    models=[
        ModelTruth(
            found="loans_polars.joblib",
            columns={"data/loans.csv": ["amount", "income", "employment_years", "purpose", "term"]},
            target={"data/loans.csv": ["defaulted"]},
            dropped={
                "data/loans.csv": fell("train.py: df = df.drop(", "status race")
                | fell("train.py: X = df.select(", "loan_id sex age")
            },
            rows=split,
        )
    ],
)
