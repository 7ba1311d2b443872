import joblib
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

loans = pd.read_csv("data/loans.csv").assign(y=lambda d: d.pop("defaulted") == "yes")
train, test = train_test_split(loans, test_size=0.25, random_state=9)

overall = train["y"].mean()
rates = train.groupby("purpose")["y"].agg(rate="mean").reset_index()
train = pd.merge(train, rates, how="left", on="purpose")
test = test.merge(rates, how="left", on="purpose").fillna({"rate": overall})
low, high = train["income"].quantile([0.01, 0.99])
train["income"] = train["income"].clip(low, high)
test["income"] = test["income"].clip(low, high)

forest = RandomForestClassifier(n_estimators=12, random_state=0)
forest.fit(train[["rate", "income", "amount"]], train["y"])
print("accuracy", round(forest.score(test[["rate", "income", "amount"]], test["y"]), 3))
print("train", len(train), "test", len(test))
joblib.dump({"rates": rates, "forest": forest}, "forest.joblib")
