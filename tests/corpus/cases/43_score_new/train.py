import pickle

import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.model_selection import train_test_split

df = pd.read_csv("data/churn.csv")
df["plan_level"] = df["plan"].replace({"basic": "1", "plus": "2", "pro": "3"}).astype(int)
columns = ["age", "monthly_fee", "support_calls", "plan_level"]
X_train, X_test, y_train, y_test = train_test_split(
    df[columns], df["churned"], test_size=0.2, random_state=6
)
model = GradientBoostingClassifier(n_estimators=15, random_state=0).fit(X_train, y_train)
print("accuracy", round(model.score(X_test, y_test), 3))
print("train", len(X_train), "test", len(X_test))
with open("model.pkl", "wb") as f:
    pickle.dump(model, f)
