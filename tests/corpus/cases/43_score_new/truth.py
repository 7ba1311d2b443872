from pathlib import Path

from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, rows_in


def split(folder: Path) -> Split:
    return rows_in(
        "data/churn.csv", *train_test_split(list(range(1200)), test_size=0.2, random_state=6)
    )


TRUTH = Truth(
    about="one script trains, another loads the model and scores new customers; its log depends on nothing read",
    make=data.churn_and_new,
    commands=["train.py", "score.py"],
    file_edges=[
        ("data/churn.csv", "model.pkl"),
        ("model.pkl", "predictions.csv"),
        ("data/new_customers.csv", "predictions.csv"),
    ],
    standalone=["score.log"],
    models=[
        ModelTruth(
            found="model.pkl",
            columns={"data/churn.csv": ["age", "monthly_fee", "support_calls", "plan"]},
            target={"data/churn.csv": ["churned"]},
            dropped={
                "data/churn.csv": fell(
                    "train.py: train_test_split(",
                    "customer_id name signup_date region tenure_months last_login_days",
                )
            },
            rows=split,
        )
    ],
)
