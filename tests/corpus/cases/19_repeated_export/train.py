import pandas as pd
import joblib
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

df = pd.read_csv("data/churn.csv", parse_dates=["signup_date"])
df["signup_year"] = df["signup_date"].dt.year
df = df.fillna({"last_login_days": 0})
print(df.shape)

X = df[["age", "tenure_months", "monthly_fee", "support_calls", "last_login_days", "signup_year"]]
y = df["churned"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=0)
rf = RandomForestClassifier(n_estimators=15, random_state=0)
rf.fit(X_train, y_train)
print("surprisingly good:", round(rf.score(X_test, y_test), 3))
print("train", len(X_train), "test", len(X_test))
joblib.dump(rf, "rf.joblib")
