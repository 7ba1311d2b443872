import joblib
import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier

train = pd.read_csv("data/train.csv")
test = pd.read_csv("data/test.csv")
train = train[train["tenure_months"] >= 3]

# the same dummies for both
both = pd.concat([train, test], keys=["train", "test"])
both = both.drop(columns=["name", "signup_date", "customer_id", "last_login_days"])
both = pd.get_dummies(both, columns=["plan", "region"], dtype=float)
train, test = both.loc["train"], both.loc["test"]

model = ExtraTreesClassifier(n_estimators=12, random_state=0)
model.fit(train.drop(columns="churned"), train["churned"])
accuracy = model.score(test.drop(columns="churned"), test["churned"])
print("accuracy", round(accuracy, 3))
print("train", len(train), "test", len(test))
joblib.dump(model, "trees.joblib")
