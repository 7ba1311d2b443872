import joblib
import pandas as pd

model = joblib.load("v1.joblib")
later = pd.read_csv("data/churn_later.csv")
recent = later[later["signup_date"] > "2020-06-30"]
cut = 3 * len(recent) // 4
X = recent[["age", "tenure_months", "support_calls"]] / 100
model.partial_fit(X[:cut], recent["churned"][:cut])
print("accuracy", round(model.score(X[cut:], recent["churned"][cut:]), 3))
joblib.dump(model, "v2.joblib")
print("train", cut, "test", len(X) - cut)
