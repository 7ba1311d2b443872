from pathlib import Path

import pandas as pd
from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, numbered, rows_in


def split(folder: Path) -> Split:
    table = numbered(folder, "data/transactions.csv")[["fraud", "row"]]
    train, test = train_test_split(table, test_size=0.3, stratify=table.fraud, random_state=100)
    fraud = train[train.fraud == 1]["row"]
    fine = train[train.fraud == 0]["row"].sample(n=3 * len(fraud), random_state=0)
    balanced = pd.concat([fine, fraud, fraud]).sample(frac=1, random_state=0)
    return rows_in("data/transactions.csv", balanced, test["row"])


TRUTH = Truth(
    about="the rare class is repeated and the other thinned out after the split, in training rows only",
    make=data.transactions,
    commands=["train.py"],
    file_edges=[("data/transactions.csv", "fraud.joblib")],
    models=[
        ModelTruth(
            found="fraud.joblib",
            columns={"data/transactions.csv": ["hour", "amount", "distance_km", "merchant"]},
            target={"data/transactions.csv": ["fraud"]},
            dropped={
                "data/transactions.csv": fell(
                    "train.py: model = LogisticRegression(", "tx_id card currency"
                )
            },
            rows=split,
        )
    ],
)
