import joblib
import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

STORE = "data/features/"
labels = pd.read_parquet("data/labels.parquet")
profile = pd.read_parquet(STORE + "profile.parquet", columns=["user_id", "device", "account_age"])
activity = pd.read_parquet(STORE + "activity.parquet")
payments = pd.read_parquet(STORE + "payments.parquet")

# the activity that was known when the label was made
labels = labels.sort_values("event_timestamp", kind="stable")
activity = activity.sort_values("event_timestamp", kind="stable")
table = pd.merge_asof(labels, activity, on="event_timestamp", by="user_id")
table = table.merge(profile, on="user_id", how="left")
table = table.merge(payments.drop(columns="card_brand"), on="user_id", how="left")
table["total"] = np.log1p(table["total"].fillna(0))
table["payer"] = table["refunds"].notna()

features = ["sessions", "minutes", "account_age", "device", "total", "payer"]
train, test = train_test_split(table, test_size=0.25, random_state=17, stratify=table["subscribed"])
model = make_pipeline(
    make_column_transformer((OneHotEncoder(), ["device"]), remainder="passthrough"),
    RandomForestClassifier(n_estimators=15, random_state=0),
)
model.fit(train[features], train["subscribed"])
print("accuracy", round(model.score(test[features], test["subscribed"]), 3))
print("train", len(train), "test", len(test))
joblib.dump(model, "subscribe.joblib")
