from pathlib import Path

from corpus import data
from corpus.truth import Leak, ModelTruth, Split, Truth, fell


def split(folder: Path) -> Split:
    return {"data/train.csv": list(range(900))}, {"data/test.csv": list(range(380))}


TRUTH = Truth(
    about="LEAK: 80 records of the training file stand in the test file as well",
    make=data.churn_in_both,
    commands=["train.py"],
    file_edges=[("data/train.csv", "svc.joblib")],
    models=[
        ModelTruth(
            found="svc.joblib",
            columns={"data/train.csv": ["age", "tenure_months", "monthly_fee", "support_calls"]},
            target={"data/train.csv": ["churned"]},
            dropped={
                "data/train.csv": fell(
                    'train.py: return frame[FEATURES], frame["churned"]',
                    "customer_id name signup_date plan region last_login_days",
                )
            },
            rows=split,
        )
    ],
    leaks=[
        Leak(
            kind="duplicates",
            at="train.py: model.fit(",
            cause='train.py: X_test, y_test = read("test")',
        )
    ],
)
