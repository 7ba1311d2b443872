from pathlib import Path

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, numbered


def split(folder: Path) -> Split:
    train = numbered(folder, "data/train.csv")
    test = numbered(folder, "data/test.csv")
    return (
        {"data/train.csv": list(train[train.tenure_months >= 3]["row"])},
        {"data/test.csv": list(test["row"])},
    )


TRUTH = Truth(
    about="training and test tables are put together for the same dummies and taken apart again: no row "
    "of the one reaches the other (only the list of categories does)",
    make=data.churn_in_two,
    commands=["train.py"],
    file_edges=[("data/train.csv", "trees.joblib")],
    either=[("data/test.csv", "trees.joblib")],  # by way of the list of categories
    models=[
        ModelTruth(
            found="trees.joblib",
            columns={
                "data/train.csv": [
                    "age",
                    "plan",
                    "region",
                    "tenure_months",
                    "monthly_fee",
                    "support_calls",
                ]
            },
            target={"data/train.csv": ["churned"]},
            dropped={
                "data/train.csv": fell(
                    "train.py: both = both.drop(", "customer_id name signup_date last_login_days"
                )
            },
            rows=split,
        )
    ],
)
