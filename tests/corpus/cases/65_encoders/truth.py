from pathlib import Path

from sklearn.model_selection import ShuffleSplit

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, numbered, rows_in


def split(folder: Path) -> Split:
    rows = numbered(folder, "data/churn.csv").dropna(subset=["last_login_days"])["row"].to_numpy()
    folds = ShuffleSplit(n_splits=2, test_size=0.3, random_state=71)
    train, test = next(folds.split(rows))
    return rows_in("data/churn.csv", rows[train], rows[test])


TRUTH = Truth(
    about="a zoo of encoders (quantiles, bins, target encoding inside the pipeline), a feature union, "
    "factorize, clone, cross_validate, bagging",
    make=data.churn,
    commands=["train.py"],
    file_edges=[("data/churn.csv", "bag.joblib")],
    models=[
        ModelTruth(
            found="bag.joblib",
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
                "data/churn.csv": fell(
                    "train.py: churn = pd.read_csv(", "customer_id name signup_date"
                )
            },
            rows=split,
        )
    ],
)
