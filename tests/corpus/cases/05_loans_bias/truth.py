from pathlib import Path

from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, numbered, rows_in


def split(folder: Path) -> Split:
    table = numbered(folder, "data/loans.csv")
    kept = table[(table.status != "fraud") & (table.age >= 21) & table.employment_years.notna()]
    train, test = train_test_split(kept["row"].to_numpy(), test_size=300, random_state=11)
    return rows_in("data/loans.csv", train, test)


TRUTH = Truth(
    about="loans: masks, dropna that hits one race (bias), a map, NumPy functions, sample weights",
    make=data.loans,
    commands=["train.py"],
    file_edges=[("data/loans.csv", "loans.joblib"), ("data/loans.csv", "fairness.csv")],
    models=[
        ModelTruth(
            found="loans.joblib",
            # The amount is a feature and also, by way of a threshold, the weight.
            columns={"data/loans.csv": ["income", "amount", "term", "employment_years"]},
            target={"data/loans.csv": ["defaulted"]},
            dropped={
                "data/loans.csv": fell(
                    "train.py: model.fit(", "loan_id sex race age purpose status"
                )
            },
            rows=split,
        )
    ],
)
