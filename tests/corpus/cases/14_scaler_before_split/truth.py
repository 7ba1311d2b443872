from pathlib import Path

from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import Leak, ModelTruth, Split, Truth, fell, rows_in


def split(folder: Path) -> Split:
    return rows_in(
        "data/churn.csv", *train_test_split(list(range(1200)), test_size=0.3, random_state=0)
    )


TRUTH = Truth(
    about="LEAK: the scaler is fitted to all rows before the split",
    make=data.churn,
    commands=["train.py"],
    file_edges=[("data/churn.csv", "knn.joblib"), ("data/churn.csv", "scaler.joblib")],
    models=[
        ModelTruth(
            found="knn.joblib",
            columns={"data/churn.csv": ["age", "tenure_months", "monthly_fee", "support_calls"]},
            target={"data/churn.csv": ["churned"]},
            dropped={
                "data/churn.csv": fell(
                    'train.py: X = data[["age"',
                    "customer_id name signup_date plan region last_login_days",
                )
            },
            rows=split,
        )
    ],
    leaks=[Leak(kind="preprocessing", at="train.py: X = scaler.fit_transform(X)")],
)
