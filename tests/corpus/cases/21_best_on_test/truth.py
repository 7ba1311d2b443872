from pathlib import Path

from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import Leak, ModelTruth, Split, Truth, fell, numbered, rows_in


def split(folder: Path) -> Split:
    rows = numbered(folder, "data/churn.csv").dropna()["row"].to_numpy()
    return rows_in("data/churn.csv", *train_test_split(rows, test_size=0.25, random_state=9))


TRUTH = Truth(
    about="LEAK: six models are scored on the same test rows and the best is kept",
    make=data.churn,
    commands=["train.py"],
    file_edges=[("data/churn.csv", "best.joblib")],
    models=[
        ModelTruth(
            found="best.joblib",
            columns={
                "data/churn.csv": [
                    "age",
                    "tenure_months",
                    "monthly_fee",
                    "support_calls",
                    "last_login_days",
                ]
            },
            target={"data/churn.csv": ["churned"]},
            dropped={
                "data/churn.csv": fell(
                    'train.py: X = df[["age"', "customer_id name signup_date plan region"
                )
            },
            rows=split,
        )
    ],
    leaks=[Leak(kind="multi-test", at="train.py: score = roc_auc_score(")],
)
