from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import Leak, ModelTruth, Split, Truth, fell, numbered, rows_in


def split(folder: Path) -> Split:
    table = numbered(folder, "data/transactions.csv").iloc[:6000]
    fine = table.loc[table.fraud == 0, "row"].sample(n=1500, random_state=0)
    fraud = table.loc[table.fraud == 1, "row"].to_numpy()
    drawn = fraud[np.random.RandomState(0).randint(0, len(fraud), size=1000)]
    both = pd.concat([fine, pd.Series(drawn)]).to_numpy()
    return rows_in("data/transactions.csv", *train_test_split(both, test_size=0.25, random_state=0))


TRUTH = Truth(
    about="LEAK: the rare class is drawn with replacement before the split, so copies lie on both sides",
    make=data.transactions,
    commands=["train.py"],
    file_edges=[("data/transactions.csv", "fraud.joblib")],
    models=[
        ModelTruth(
            found="fraud.joblib",
            columns={"data/transactions.csv": ["amount", "hour", "distance_km"]},
            target={"data/transactions.csv": ["fraud"]},
            dropped={
                "data/transactions.csv": fell(
                    'train.py: X = balanced[["amount"', "tx_id card merchant currency"
                )
            },
            rows=split,
        )
    ],
    leaks=[
        Leak(
            kind="overlap",
            at="train.py: forest.fit(",
            cause="train.py: more_fraud = resample(",
            also=("duplicates",),
        )
    ],
)
