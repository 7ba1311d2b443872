"""Learn who leaves."""

import argparse

import joblib
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.model_selection import train_test_split

parser = argparse.ArgumentParser()
parser.add_argument("--depth", type=int, default=3)
options = parser.parse_args()

data = pd.read_parquet("clean.parquet")
X, y = data[["age", "tenure", "monthly", "calls", "price", "spend"]], data["churned"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=7)
model = RandomForestClassifier(n_estimators=20, max_depth=options.depth, random_state=7)
model.fit(X_train, y_train)
predicted = model.predict(X_test)
print(f1_score(y_test, predicted), roc_auc_score(y_test, model.predict_proba(X_test)[:, 1]))
joblib.dump(model, "churn.joblib")
