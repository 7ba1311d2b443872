import joblib
import pandas as pd
from sklearn.linear_model import Ridge

sensor = pd.read_csv("data/sensor.csv", parse_dates=["time"])
sensor["day"] = sensor["time"].dt.normalize()

long = sensor.melt(
    id_vars=["day", "machine"], value_vars=["temperature", "vibration"], var_name="what"
)
daily = long.groupby(["day", "machine", "what"])["value"].mean().unstack("what")
failures = sensor.groupby(["day", "machine"])["failure"].sum()
counts = pd.crosstab([sensor["day"], sensor["machine"]], sensor["failure"])
print("quiet hours", int(counts[0].sum()))

table = daily.join(failures).reset_index()
table = pd.concat([table[table["machine"] == m] for m in ("B", "A")])
train = table[table["day"] < "2024-05-20"]
test = table[table["day"] >= "2024-05-20"]
model = Ridge().fit(train[["temperature", "vibration"]], train["failure"])
print("R2", round(model.score(test[["temperature", "vibration"]], test["failure"]), 3))
print("train", len(train), "test", len(test))
joblib.dump(model, "failures.joblib")
counts.to_csv("counts.csv")
