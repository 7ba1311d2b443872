import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import TimeSeriesSplit

hourly = pd.read_csv("data/energy.csv", index_col="timestamp", parse_dates=True)
daily = hourly.resample("D").agg({"load_mw": "sum", "temperature": "mean", "holiday": "max"})
daily["yesterday"] = daily["load_mw"].shift(1)
daily = daily.iloc[1:]

X = daily[["temperature", "holiday", "yesterday"]].to_numpy()
y = daily["load_mw"].to_numpy()

errors = []
for train_idx, test_idx in TimeSeriesSplit(n_splits=4).split(X):
    ridge = Ridge(alpha=1.0)
    ridge.fit(X[train_idx], y[train_idx])
    errors.append(mean_absolute_error(y[test_idx], ridge.predict(X[test_idx])))
    print("train", len(train_idx), "test", len(test_idx))
print("MAE", np.round(errors, 0))

final = Ridge(alpha=1.0).fit(X, y)
print("train", len(X))
joblib.dump(final, "load_model.joblib")
