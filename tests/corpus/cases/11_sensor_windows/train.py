import joblib
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import f1_score

df = pd.read_csv("data/sensor.csv", parse_dates=["time"])
df = df.sort_values(["machine", "time"])
by_machine = df.groupby("machine")
df["temp_lag"] = by_machine["temperature"].shift(1)
df["shake_mean"] = by_machine["vibration"].transform(lambda s: s.rolling(6).mean())
df["pressure_change"] = by_machine["pressure"].diff()
df["fails_next"] = by_machine["failure"].shift(-1)
df = df.dropna()

train = df[df["time"] < "2024-05-22"]
test = df[df["time"] >= "2024-05-23"]
features = ["temp_lag", "shake_mean", "pressure_change"]

clf = RandomForestClassifier(n_estimators=20, max_depth=5, random_state=0)
clf.fit(train[features], train["fails_next"])
print("f1", round(f1_score(test["fails_next"], clf.predict(test[features])), 3))
print("train", len(train), "test", len(test))
joblib.dump(clf, "sensor.joblib")
