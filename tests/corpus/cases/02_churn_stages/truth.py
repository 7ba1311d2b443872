from pathlib import Path

from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, numbered, rows_in


def split(folder: Path) -> Split:
    table = numbered(folder, "data/churn.csv")
    kept = table[(table.age < 85) & (table.monthly_fee > 20) & (table.region != "west")]
    train, test = train_test_split(kept["row"].to_numpy(), test_size=0.25, random_state=7)
    return rows_in("data/churn.csv", train, test)


TRUTH = Truth(
    about="three scripts chained by Parquet files; argparse; the split is made by the first",
    make=data.churn,
    commands=["prepare.py", "train.py --depth 4", "evaluate.py"],
    file_edges=[
        ("data/churn.csv", "work/train.parquet"),
        ("data/churn.csv", "work/test.parquet"),
        ("work/train.parquet", "models/churn.joblib"),
        ("models/churn.joblib", "metrics.json"),
        ("work/test.parquet", "metrics.json"),
    ],
    models=[
        ModelTruth(
            found="models/churn.joblib",
            columns={
                "data/churn.csv": [
                    "age",
                    "plan",
                    "tenure_months",
                    "monthly_fee",
                    "support_calls",
                    "last_login_days",
                ]
            },
            target={"data/churn.csv": ["churned"]},
            dropped={
                "data/churn.csv": fell("prepare.py: table = raw[wanted", "name signup_date region")
                | fell("train.py: features = train.drop(", "customer_id")
            },
            rows=split,
        )
    ],
)
