import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import train_test_split

tx = pd.read_csv("data/transactions.csv", dtype={"merchant": "category"})
tx["night"] = (tx["hour"] < 5).astype("int8")
tx["log_amount"] = np.log(tx["amount"])
tx = tx.join(pd.get_dummies(tx["merchant"], prefix="m", drop_first=True).astype("int8"))

train, test = train_test_split(tx, test_size=0.3, stratify=tx["fraud"], random_state=100)

# balance the training rows only: thin out the fine ones, repeat the fraud
fraud = train[train["fraud"] == 1]
fine = train[train["fraud"] == 0].sample(n=3 * len(fraud), random_state=0)
balanced = pd.concat([fine, fraud, fraud]).sample(frac=1, random_state=0)

features = ["night", "log_amount", "distance_km", *[c for c in tx if c.startswith("m_")]]
model = LogisticRegression(max_iter=2000).fit(balanced[features], balanced["fraud"])
chance = model.predict_proba(test[features])[:, 1]
print("AP", round(average_precision_score(test["fraud"], chance), 3))
print("train", len(balanced), "test", len(test))
joblib.dump(model, "fraud.joblib")
