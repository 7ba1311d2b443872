import joblib
import pandas as pd
from sklearn.svm import LinearSVC

df = pd.read_csv("data/churn.csv")
df = df.set_index("customer_id")
df["heavy"] = df.apply(lambda row: row["support_calls"] / row["tenure_months"], axis=1)
df = df.where(df["age"] < 80).dropna(how="all")

train = df.sample(frac=0.75, random_state=3)
test = df.drop(train.index)
mean = train[["age", "heavy", "monthly_fee"]].mean()
std = train[["age", "heavy", "monthly_fee"]].std()

svc = LinearSVC(random_state=0)
svc.fit((train[mean.index] - mean) / std, train["churned"])
print("accuracy", round(svc.score((test[mean.index] - mean) / std, test["churned"]), 3))
print("train", len(train), "test", len(test))
joblib.dump(svc, "svc.joblib")
