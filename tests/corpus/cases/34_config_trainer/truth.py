from pathlib import Path

from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, numbered, rows_in


def split(folder: Path) -> Split:
    table = numbered(folder, "data/churn.csv")
    rows = table[table.age >= 21]["row"].to_numpy()
    return rows_in("data/churn.csv", *train_test_split(rows, test_size=0.3, random_state=5))


TRUTH = Truth(
    about="classes, dataclasses, logging; columns, seed and settings come from a JSON file, which "
    "shapes the model too",
    make=data.churn_with_config,
    commands=["train.py --config config.json"],
    file_edges=[
        ("data/churn.csv", "out/model.joblib"),
        ("config.json", "out/model.joblib"),
    ],
    models=[
        ModelTruth(
            found="out/model.joblib",
            columns={"data/churn.csv": ["age", "tenure_months", "monthly_fee", "support_calls"]},
            target={"data/churn.csv": ["churned"]},
            dropped={
                "data/churn.csv": fell(
                    "train.py: frame[c.features], frame[c.target], test_size",
                    "customer_id name signup_date plan region last_login_days",
                )
            },
            rows=split,
        )
    ],
)
