from pathlib import Path

import polars as pl

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell

PROFILE = "data/features/profile.parquet"
PAYMENTS = "data/features/payments.parquet"
LABELS = "data/labels.parquet"


def split(folder: Path) -> Split:
    profile, labels, payments = (
        pl.read_parquet(folder / path).with_row_index(f"row{i}")
        for i, path in enumerate((PROFILE, LABELS, PAYMENTS))
    )
    table = profile.join(labels, on="user_id", maintain_order="left")
    table = table.join(payments, on="user_id", how="left", maintain_order="left")
    train = table.sample(fraction=0.7, seed=5, shuffle=True)
    test = table.filter(~pl.col("user_id").is_in(train["user_id"].to_list()))

    def rows(part):
        return {
            PROFILE: part["row0"].to_list(),
            LABELS: part["row1"].to_list(),
            PAYMENTS: [[] if row is None else row for row in part["row2"].to_list()],
        }

    return rows(train), rows(test)


TRUTH = Truth(
    about="Polars: inner and left joins, a sample, and the rest by an anti join: looks like sampling twice, "
    "and is none; a frame goes into fit as it is",
    make=data.features,
    commands=["train.py"],
    file_edges=[
        *((source, "sub.joblib") for source in (PROFILE, LABELS, PAYMENTS)),
        *((source, "train_used.parquet") for source in (PROFILE, LABELS, PAYMENTS)),
    ],
    models=[
        ModelTruth(
            found="sub.joblib",
            columns={PROFILE: ["account_age", "device"], PAYMENTS: ["total"]},
            target={LABELS: ["subscribed"]},
            dropped={
                PROFILE: fell("train.py: model.fit(", "user_id country"),
                PAYMENTS: fell("train.py: model.fit(", "user_id refunds card_brand"),
                LABELS: fell("train.py: labels = pl.read_parquet(", "event_timestamp")
                | fell("train.py: model.fit(", "user_id"),
            },
            rows=split,
        )
    ],
)
