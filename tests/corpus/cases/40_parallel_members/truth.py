from functools import partial
from pathlib import Path

import numpy as np
from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, rows_in


def split(seed: int, folder: Path) -> Split:
    train, test = train_test_split(np.arange(1200), random_state=30)
    picked = np.random.RandomState(seed).choice(len(train), size=len(train) // 2, replace=False)
    return rows_in("data/churn.csv", train[picked], test)


TRUTH = Truth(
    about="joblib.Parallel: each worker process fits a tree to half of the training rows and saves it",
    make=data.churn,
    commands=["train.py"],
    file_edges=[
        ("data/churn.csv", "members/tree_0.joblib"),
        ("data/churn.csv", "members/tree_1.joblib"),
        ("data/churn.csv", "votes.txt"),
    ],
    models=[
        ModelTruth(
            found=f"members/tree_{seed}.joblib",
            columns={"data/churn.csv": ["tenure_months", "monthly_fee", "support_calls"]},
            target={"data/churn.csv": ["churned"]},
            dropped={
                "data/churn.csv": fell(
                    'train.py: X = churn[["tenure_months"',
                    "customer_id name signup_date age plan region last_login_days",
                )
            },
            rows=partial(split, seed),
        )
        for seed in (0, 1)
    ],
    unknown=[
        "train.py: Parallel(...): frames are pickled to the workers and models come back; without help "
        "from joblib the rows inside a worker are told by content only"
    ],
)
