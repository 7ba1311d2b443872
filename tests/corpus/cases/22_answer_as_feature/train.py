import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

df = pd.read_csv("data/churn.csv")
df["status"] = df["churned"].map({0: "active", 1: "cancelled"})
df["long_customer"] = df["tenure_months"] > 24
# ... 200 lines later ...
df = pd.get_dummies(df, columns=["status", "plan"])
target = df["churned"]
features = df.drop(columns=["churned", "customer_id", "name", "signup_date", "region"])
features = features.drop(columns="last_login_days").astype(float)

x_train, x_test, t_train, t_test = train_test_split(features, target, random_state=4)
lr = LogisticRegression(max_iter=5000)
lr.fit(x_train, t_train)
print("accuracy", lr.score(x_test, t_test))
print("train", len(x_train), "test", len(x_test))
joblib.dump(lr, "perfect.joblib")
