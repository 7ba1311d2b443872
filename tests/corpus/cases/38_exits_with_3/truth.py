from pathlib import Path

from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, rows_in


def split(folder: Path) -> Split:
    return rows_in(
        "data/churn.csv", *train_test_split(list(range(1200)), test_size=0.4, random_state=10)
    )


TRUTH = Truth(
    about="a quality gate ends the program with sys.exit(3); usecols is a function; pop",
    make=data.churn,
    commands=["train.py"],
    exit_codes=[3],
    file_edges=[("data/churn.csv", "tree.joblib")],
    models=[
        ModelTruth(
            found="tree.joblib",
            columns={
                "data/churn.csv": [
                    "age",
                    "tenure_months",
                    "monthly_fee",
                    "support_calls",
                    "last_login_days",
                ]
            },
            target={"data/churn.csv": ["churned"]},
            dropped={
                "data/churn.csv": fell("train.py: churn = pd.read_csv(", "name signup_date")
                | fell("train.py: churn = churn.set_index(", "customer_id")
                | fell("train.py: X = churn.select_dtypes(", "plan region")
            },
            rows=split,
        )
    ],
)
