import joblib
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.model_selection import train_test_split

readings = pd.read_csv("data/sensor.csv", parse_dates=["time"])
readings = readings.loc[readings["machine"] == "A"].set_index("time")
for lag in (1, 2, 3):
    readings[f"t-{lag}"] = readings["temperature"].shift(lag)
readings["day_mean"] = readings["temperature"].rolling("24h").mean()
readings["target"] = readings["temperature"].shift(-1)
readings = readings.dropna()

X = readings[["t-1", "t-2", "t-3", "day_mean", "humidity"]]
y = readings["target"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=8)
model = HistGradientBoostingRegressor(max_iter=25, random_state=0)
model.fit(X_train, y_train)
print("R2", round(model.score(X_test, y_test), 3))
print("train", len(X_train), "test", len(X_test))
joblib.dump(model, "forecast.joblib")
