from pathlib import Path

from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, rows_in


def split(folder: Path) -> Split:
    train, _ = train_test_split(list(range(1200)), random_state=0)
    return rows_in("data/churn.csv", train)


TRUTH = Truth(
    about="fails with a KeyError after two files were written; the test rows were never used",
    make=data.churn,
    commands=["train.py"],
    exit_codes=[1],
    file_edges=[("data/churn.csv", "summary.csv"), ("data/churn.csv", "first.joblib")],
    models=[
        ModelTruth(
            found="first.joblib",
            columns={"data/churn.csv": ["age", "support_calls"]},
            target={"data/churn.csv": ["churned"]},
            dropped={
                "data/churn.csv": fell(
                    'train.py: X = df[["age", "support_calls"]]',
                    "customer_id name signup_date plan region tenure_months monthly_fee last_login_days",
                )
            },
            rows=split,
        )
    ],
)
