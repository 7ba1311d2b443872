import joblib
import pandas as pd
from sklearn.linear_model import SGDClassifier

df = pd.read_csv("data/churn.csv")
X = df[["age", "tenure_months", "support_calls"]] / 100
model = SGDClassifier(loss="log_loss", random_state=0)
model.partial_fit(X, df["churned"], classes=[0, 1])
joblib.dump(model, "v1.joblib")
print("train", len(X))
