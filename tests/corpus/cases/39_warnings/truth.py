from pathlib import Path

from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, numbered, rows_in


def split(folder: Path) -> Split:
    rows = numbered(folder, "data/churn.csv").dropna(subset=["last_login_days"])["row"].to_numpy()
    return rows_in("data/churn.csv", *train_test_split(rows, test_size=0.3, random_state=5))


TRUTH = Truth(
    about="warnings on stderr: one of its own, one of pandas about an inplace fillna that does nothing, "
    "one of a network that has not converged",
    make=data.churn,
    commands=["train.py"],
    file_edges=[("data/churn.csv", "net.joblib")],
    models=[
        ModelTruth(
            found="net.joblib",
            columns={"data/churn.csv": ["age", "monthly_fee", "last_login_days"]},
            target={"data/churn.csv": ["churned"]},
            dropped={
                "data/churn.csv": fell(
                    'train.py: X = df[["age"',
                    "customer_id name signup_date plan region tenure_months support_calls",
                )
            },
            rows=split,
        )
    ],
)
