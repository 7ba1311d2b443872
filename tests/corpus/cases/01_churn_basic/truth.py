from pathlib import Path

from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, numbered, rows_in


def split(folder: Path) -> Split:
    kept = numbered(folder, "data/churn.csv").dropna(subset=["last_login_days"])
    train, test = train_test_split(
        kept["row"].to_numpy(), test_size=0.2, random_state=42, stratify=kept["churned"]
    )
    return rows_in("data/churn.csv", train, test)


TRUTH = Truth(
    about="one table, drop, dropna, dummies, a stratified split, logistic regression",
    make=data.churn,
    commands=["train.py"],
    file_edges=[("data/churn.csv", "churn.joblib")],
    models=[
        ModelTruth(
            found="churn.joblib",
            columns={
                "data/churn.csv": [
                    "age",
                    "plan",
                    "region",
                    "tenure_months",
                    "monthly_fee",
                    "support_calls",
                    "last_login_days",
                ]
            },
            target={"data/churn.csv": ["churned"]},
            dropped={
                "data/churn.csv": fell("train.py: df = df.drop(", "customer_id name signup_date")
            },
            rows=split,
        )
    ],
)
