from pathlib import Path

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, numbered, rows_in


def split(folder: Path) -> Split:
    table = numbered(folder, "data/churn.csv")
    rows = table[table.age < 80]["row"]
    train = rows.sample(frac=0.75, random_state=3)
    return rows_in("data/churn.csv", train, rows.drop(train.index))


TRUTH = Truth(
    about="a sample and the rest of it (drop by index); apply on rows; standardised with training figures",
    make=data.churn,
    commands=["train.py"],
    file_edges=[("data/churn.csv", "svc.joblib")],
    models=[
        ModelTruth(
            found="svc.joblib",
            columns={"data/churn.csv": ["age", "support_calls", "tenure_months", "monthly_fee"]},
            target={"data/churn.csv": ["churned"]},
            dropped={
                "data/churn.csv": fell(
                    "train.py: svc.fit(", "name signup_date plan region last_login_days"
                )
                | fell("train.py: df = df.set_index(", "customer_id")
            },
            rows=split,
        )
    ],
    unknown=[
        "train.py: apply(..., axis=1): which columns of a row the function reads shows only inside it; "
        "naming all columns of the table is safe, naming two is exact"
    ],
)
