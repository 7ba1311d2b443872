import joblib
import pandas as pd
from sklearn.ensemble import ExtraTreesRegressor

df = pd.read_csv("data/houses.csv")
df.rename(columns={"Id": "id", "year_built": "year"}, inplace=True)
df.drop(columns=["agent"], inplace=True)
df.fillna({"garage": 0, "heating": "none"}, inplace=True)
df.dropna(inplace=True)
df.drop_duplicates(subset=["area", "rooms", "year"], inplace=True)
df.loc[df["rooms"] > 8, "rooms"] = 8
df.loc[:, "old"] = (df["year"] < 1950).astype(int)
df.sort_values("id", ascending=False, inplace=True)
df.reset_index(drop=True, inplace=True)
df["heating"] = df["heating"].astype("category").cat.codes
del df["neighbourhood"]

train = df.iloc[:600]
test = df.iloc[600:]
features = [c for c in df.columns if c not in ("id", "price", "year")]
model = ExtraTreesRegressor(n_estimators=10, random_state=0)
model.fit(train[features], train["price"])
print(features)
print("R2", round(model.score(test[features], test["price"]), 2))
print("train", len(train), "test", len(test))
joblib.dump(model, "model.joblib")
