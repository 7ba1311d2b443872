import json

import joblib
import pandas as pd
from sklearn.metrics import accuracy_score, roc_auc_score

model = joblib.load("models/churn.joblib")
test = pd.read_parquet("work/test.parquet")
X = test.drop(columns=["churned", "customer_id"])
proba = model.predict_proba(X)[:, 1]
result = {
    "accuracy": float(accuracy_score(test["churned"], proba > 0.5)),
    "auc": float(roc_auc_score(test["churned"], proba)),
}
with open("metrics.json", "w") as f:
    json.dump(result, f)
print("test", len(X))
