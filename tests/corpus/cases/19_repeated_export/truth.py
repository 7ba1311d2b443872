from pathlib import Path

from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import Leak, ModelTruth, Split, Truth, fell, rows_in


def split(folder: Path) -> Split:
    return rows_in(
        "data/churn.csv", *train_test_split(list(range(1200)), test_size=0.3, random_state=0)
    )


TRUTH = Truth(
    about="LEAK: the export holds 300 records twice, and nobody dropped duplicates before the split",
    make=data.churn_repeated,
    commands=["train.py"],
    file_edges=[("data/churn.csv", "rf.joblib")],
    models=[
        ModelTruth(
            found="rf.joblib",
            columns={
                "data/churn.csv": [
                    "age",
                    "tenure_months",
                    "monthly_fee",
                    "support_calls",
                    "last_login_days",
                    "signup_date",
                ]
            },
            target={"data/churn.csv": ["churned"]},
            dropped={
                "data/churn.csv": fell('train.py: X = df[["age"', "customer_id name plan region")
            },
            rows=split,
        )
    ],
    leaks=[
        Leak(
            kind="duplicates",
            at="train.py: rf.fit(",
            cause="train.py: X_train, X_test, y_train, y_test = train_test_split(",
        )
    ],
)
