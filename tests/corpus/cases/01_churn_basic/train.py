import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

df = pd.read_csv("data/churn.csv")
df = df.drop(columns=["customer_id", "name", "signup_date"])
df = df.dropna()
df = pd.get_dummies(df, columns=["plan", "region"])
X = df.drop("churned", axis=1)
y = df["churned"]
X_train, X_test, y_train, y_test = train_test_split(
    X, y, test_size=0.2, random_state=42, stratify=y
)
model = LogisticRegression(max_iter=3000)
model.fit(X_train, y_train)
print("accuracy", round(accuracy_score(y_test, model.predict(X_test)), 3))
print("train", len(X_train), "test", len(X_test))
joblib.dump(model, "churn.joblib")
