"""Clean the raw export and divide it."""

from pathlib import Path

import pandas as pd
from sklearn.model_selection import train_test_split

raw = pd.read_csv("data/churn.csv", parse_dates=["signup_date"])
raw = raw[raw["age"] < 85]
raw = raw.query("monthly_fee > 20 and region != 'west'")
raw["last_login_days"] = raw["last_login_days"].fillna(-1)
raw["fee_per_call"] = raw["monthly_fee"] / (raw["support_calls"] + 1)
raw["is_pro"] = raw["plan"].map({"basic": 0, "plus": 0, "pro": 1})
wanted = ["customer_id", "age", "tenure_months", "last_login_days", "fee_per_call", "is_pro"]
table = raw[wanted + ["churned"]]
train, test = train_test_split(table, test_size=0.25, random_state=7)
Path("work").mkdir(exist_ok=True)
train.to_parquet("work/train.parquet")
test.to_parquet("work/test.parquet")
print(f"{len(raw)} customers kept")
