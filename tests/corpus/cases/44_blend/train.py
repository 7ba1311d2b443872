import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Ridge

houses = pd.read_csv("data/houses.csv").sort_values("year_built", ignore_index=True)
rng = np.random.default_rng(15)
is_test = rng.random(len(houses)) < 0.2
train, test = houses[~is_test], houses[is_test]

simple = ["area", "rooms"]
more = ["area", "year_built", "lot_area"]
median = train["lot_area"].median()

ridge = Ridge().fit(train[simple], train["price"])
forest = RandomForestRegressor(n_estimators=10, random_state=0)
forest.fit(train[more].fillna({"lot_area": median}), train["price"])

blend = 0.4 * ridge.predict(test[simple]) + 0.6 * forest.predict(
    test[more].fillna({"lot_area": median})
)
print("error", round(float(np.abs(blend - test["price"]).mean())))
joblib.dump(ridge, "ridge.joblib")
joblib.dump({"forest": forest, "median": median}, "forest.joblib")
print("train", len(train), "test", len(test))
print("train", len(train), "test", len(test))
pd.DataFrame({"Id": test["Id"], "price": blend}).to_csv("blend.csv", index=False)
