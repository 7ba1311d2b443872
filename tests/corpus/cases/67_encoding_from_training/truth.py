from pathlib import Path

from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, rows_in

SOURCE = "data/loans.csv"


def split(folder: Path) -> Split:
    return rows_in(SOURCE, *train_test_split(list(range(1500)), test_size=0.25, random_state=9))


def reach(folder: Path) -> Split:
    """The limits of the income come from all training rows, for the test rows too."""
    train, test = split(folder)
    everything = train[SOURCE]
    return (
        {SOURCE: [everything for _ in train[SOURCE]]},
        {SOURCE: [[row, *everything] for row in test[SOURCE]]},
    )


TRUTH = Truth(
    about="default rates, limits and fill-ins come from training rows and are carried over to test rows: "
    "the way it should be",
    make=data.loans,
    commands=["train.py"],
    file_edges=[(SOURCE, "forest.joblib")],
    models=[
        ModelTruth(
            found="forest.joblib",
            # The answer of training rows is a feature too, as the rate of their purpose.
            columns={SOURCE: ["purpose", "income", "amount", "defaulted"]},
            target={SOURCE: ["defaulted"]},
            dropped={
                SOURCE: fell(
                    "train.py: forest.fit(", "loan_id sex race age term employment_years status"
                )
            },
            rows=split,
            reach=reach,
        )
    ],
)
