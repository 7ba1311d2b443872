import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import mean_absolute_percentage_error
from sklearn.model_selection import KFold

energy = pd.read_csv("data/energy.csv", parse_dates=["timestamp"]).iloc[:1500]
energy["hour"] = energy["timestamp"].dt.hour
energy["last_hour"] = energy["load_mw"].shift(1)
energy["next_hour"] = energy["load_mw"].shift(-1)
energy = energy.dropna().reset_index(drop=True)
X = energy[["hour", "temperature", "last_hour", "load_mw"]].to_numpy()
y = energy["next_hour"].to_numpy()

errors = []
for train, test in KFold(n_splits=3, shuffle=True, random_state=4).split(X):
    model = HistGradientBoostingRegressor(max_iter=15, random_state=0).fit(X[train], y[train])
    errors.append(mean_absolute_percentage_error(y[test], model.predict(X[test])))
    print("train", len(train), "test", len(test))
np.savetxt("errors.txt", errors)
