from pathlib import Path

import pandas as pd
from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, numbered, taken

PROFILE = "data/features/profile.parquet"
ACTIVITY = "data/features/activity.parquet"
PAYMENTS = "data/features/payments.parquet"
LABELS = "data/labels.parquet"


def split(folder: Path) -> Split:
    labels = numbered(folder, LABELS, "label").sort_values("event_timestamp", kind="stable")
    # Months are equal on both sides, so the newest known activity is that of the same month.
    table = labels.merge(
        numbered(folder, ACTIVITY, "activity"), on=["user_id", "event_timestamp"], how="left"
    )
    table = table.merge(numbered(folder, PROFILE, "profile"), on="user_id", how="left")
    table = table.merge(numbered(folder, PAYMENTS, "payment"), on="user_id", how="left")
    train, test = train_test_split(
        table, test_size=0.25, random_state=17, stratify=table["subscribed"]
    )
    sources = {"label": LABELS, "activity": ACTIVITY, "profile": PROFILE, "payment": PAYMENTS}
    assert isinstance(train, pd.DataFrame)
    return taken(train, **sources), taken(test, **sources)


TRUTH = Truth(
    about="a feature store of Parquet files: merge_asof on time, two left joins, a column subset at the read",
    make=data.features,
    commands=["train.py"],
    file_edges=[(source, "subscribe.joblib") for source in (LABELS, PROFILE, ACTIVITY, PAYMENTS)],
    models=[
        ModelTruth(
            found="subscribe.joblib",
            columns={
                LABELS: [],
                PROFILE: ["device", "account_age"],
                ACTIVITY: ["sessions", "minutes"],
                PAYMENTS: ["total", "refunds"],
            },
            target={LABELS: ["subscribed"]},
            dropped={
                LABELS: fell("train.py: model.fit(", "user_id event_timestamp"),
                PROFILE: fell("train.py: profile = pd.read_parquet(", "country")
                | fell("train.py: model.fit(", "user_id"),
                ACTIVITY: fell("train.py: model.fit(", "user_id event_timestamp"),
                PAYMENTS: fell("train.py: table = table.merge(payments.drop(", "card_brand")
                | fell("train.py: model.fit(", "user_id"),
            },
            rows=split,
        )
    ],
)
