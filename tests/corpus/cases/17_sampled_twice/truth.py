from pathlib import Path

from corpus import data
from corpus.truth import Leak, ModelTruth, Split, Truth, fell, numbered, rows_in


def split(folder: Path) -> Split:
    rows = numbered(folder, "data/churn.csv")["row"]
    return rows_in(
        "data/churn.csv",
        rows.sample(frac=0.8, random_state=1),
        rows.sample(frac=0.2, random_state=2),
    )


TRUTH = Truth(
    about="LEAK: training and test rows are two independent samples of the same table",
    make=data.churn,
    commands=["train.py"],
    file_edges=[("data/churn.csv", "tree.joblib")],
    models=[
        ModelTruth(
            found="tree.joblib",
            columns={"data/churn.csv": ["age", "tenure_months", "support_calls"]},
            target={"data/churn.csv": ["churned"]},
            dropped={
                "data/churn.csv": fell(
                    'train.py: df = df[["age"',
                    "customer_id name signup_date plan region monthly_fee last_login_days",
                )
            },
            rows=split,
        )
    ],
    leaks=[
        Leak(
            kind="overlap",
            at="train.py: tree.fit(",
            cause="train.py: test = df.sample(frac=0.2",
        )
    ],
)
