import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

df = pd.read_csv("data/churn.csv")
summary = df.groupby("plan")["monthly_fee"].agg(["mean", "count"])
summary.to_csv("summary.csv")

X = df[["age", "support_calls"]]
X_train, X_test, y_train, y_test = train_test_split(X, df["churned"], random_state=0)
model = LogisticRegression().fit(X_train, y_train)
joblib.dump(model, "first.joblib")
print("train", len(X_train))

# the column is called last_login_days
X = df[["age", "support_calls", "last_login"]]
model.fit(X, df["churned"])
joblib.dump(model, "second.joblib")
