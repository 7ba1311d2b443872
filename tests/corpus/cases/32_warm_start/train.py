import joblib
import pandas as pd
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.metrics import mean_squared_error

df = pd.read_csv("data/houses.csv").dropna(subset=["lot_area", "garage"])
df = df.sample(frac=1.0, random_state=99).reset_index(drop=True)
n = len(df)
train, valid, test = df[: int(0.6 * n)], df[int(0.6 * n) : int(0.8 * n)], df[int(0.8 * n) :]
cols = ["area", "year_built", "lot_area", "garage"]

gbr = GradientBoostingRegressor(n_estimators=5, warm_start=True, random_state=0)
best = float("inf")
for trees in range(5, 60, 5):
    gbr.set_params(n_estimators=trees)
    gbr.fit(train[cols], train["price"])
    error = mean_squared_error(valid["price"], gbr.predict(valid[cols]))
    if error > best * 0.97:
        break
    best = error

print("stopped at", gbr.n_estimators_)
print("R2", round(gbr.score(test[cols], test["price"]), 3))
print("train", len(train), "test", len(test))
joblib.dump(gbr, "boosted.joblib")
