from pathlib import Path

from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import Leak, ModelTruth, Split, Truth, fell, numbered, rows_in


def split(folder: Path) -> Split:
    return rows_in(
        "data/loans.csv", *train_test_split(list(range(1500)), test_size=0.2, random_state=1)
    )


def reach(folder: Path) -> Split:
    """The rate of a purpose comes from all loans of the purpose; likewise for race."""
    table = numbered(folder, "data/loans.csv")
    purpose = table.groupby("purpose")["row"].apply(list)
    race = table.groupby("race")["row"].apply(list)

    def rows(part):
        of = table.loc[part["data/loans.csv"]]
        pairs = zip(of.purpose, of.race, strict=True)
        return {"data/loans.csv": [purpose[p] + race[r] for p, r in pairs]}

    train, test = split(folder)
    return rows(train), rows(test)


TRUTH = Truth(
    about="LEAK: categories are replaced by the default rate over all rows, test rows included",
    make=data.loans,
    commands=["train.py"],
    file_edges=[("data/loans.csv", "default.joblib")],
    models=[
        ModelTruth(
            found="default.joblib",
            # The answer is a feature as well: the rates are means of it.
            columns={"data/loans.csv": ["amount", "income", "purpose", "race", "defaulted"]},
            target={"data/loans.csv": ["defaulted"]},
            dropped={
                "data/loans.csv": fell(
                    "train.py: model = LogisticRegression(",
                    "loan_id sex age term employment_years status",
                )
            },
            rows=split,
            reach=reach,
        )
    ],
    leaks=[
        Leak(
            kind="preprocessing",
            at="train.py: model = LogisticRegression(",
            cause='train.py: rate = loans.groupby(column)["defaulted"].mean()',
            also=("target",),
        )
    ],
)
