from pathlib import Path

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, numbered, rows_in

COLUMNS = ["age", "tenure_months", "support_calls"]
LEFT = "customer_id name signup_date plan region monthly_fee last_login_days"


def first(folder: Path) -> Split:
    return rows_in("data/churn.csv", range(1200))


def second(folder: Path) -> Split:
    table = numbered(folder, "data/churn_later.csv")
    rows = table[table.signup_date > "2020-06-30"]["row"]
    cut = 3 * len(rows) // 4
    return rows_in("data/churn_later.csv", rows[:cut], rows[cut:])


TRUTH = Truth(
    about="a second script loads the model, goes on training it with later data and saves a new version; "
    "columns and rows of the second are those it learned itself, the rest comes by way of the first",
    make=data.churn_and_later,
    commands=["train.py", "update.py"],
    file_edges=[
        ("data/churn.csv", "v1.joblib"),
        ("v1.joblib", "v2.joblib"),
        ("data/churn_later.csv", "v2.joblib"),
    ],
    models=[
        ModelTruth(
            found="v1.joblib",
            columns={"data/churn.csv": COLUMNS},
            target={"data/churn.csv": ["churned"]},
            dropped={"data/churn.csv": fell('train.py: X = df[["age"', LEFT)},
            rows=first,
        ),
        ModelTruth(
            found="v2.joblib",
            columns={"data/churn_later.csv": COLUMNS},
            target={"data/churn_later.csv": ["churned"]},
            dropped={"data/churn_later.csv": fell('update.py: X = recent[["age"', LEFT)},
            rows=second,
        ),
    ],
)
