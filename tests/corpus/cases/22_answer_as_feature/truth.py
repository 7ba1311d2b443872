from pathlib import Path

from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import Leak, ModelTruth, Split, Truth, fell, rows_in


def split(folder: Path) -> Split:
    return rows_in("data/churn.csv", *train_test_split(list(range(1200)), random_state=4))


TRUTH = Truth(
    about="LEAK: a column made from the answer stays among the features",
    make=data.churn,
    commands=["train.py"],
    file_edges=[("data/churn.csv", "perfect.joblib")],
    models=[
        ModelTruth(
            found="perfect.joblib",
            columns={
                "data/churn.csv": [
                    "age",
                    "plan",
                    "tenure_months",
                    "monthly_fee",
                    "support_calls",
                    "churned",
                ]
            },
            target={"data/churn.csv": ["churned"]},
            dropped={
                "data/churn.csv": fell(
                    "train.py: features = df.drop(", "customer_id name signup_date region"
                )
                | fell("train.py: features = features.drop(", "last_login_days")
            },
            rows=split,
        )
    ],
    leaks=[
        Leak(
            kind="target",
            at="train.py: lr.fit(x_train, t_train)",
            cause='train.py: df["status"] = df["churned"].map(',
        )
    ],
)
