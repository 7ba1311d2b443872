from pathlib import Path

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, numbered, rows_in


def split(folder: Path) -> Split:
    table = numbered(folder, "data/transactions.csv")
    rows = table[table.currency == "EUR"]["row"]
    return rows_in("data/transactions.csv", rows[rows < 16_000], rows[rows >= 16_000])


TRUTH = Truth(
    about="20,000 rows in chunks: a scaler and a model learn from four, the fifth is the test",
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
                    "train.py: model.partial_fit(", "tx_id card merchant currency"
                )
            },
            rows=split,
        )
    ],
)
