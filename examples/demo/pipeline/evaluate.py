"""Judge the saved model on the rows that were held out by area under the ROC curve."""

import joblib
import pandas as pd
from sklearn.metrics import roc_auc_score

model = joblib.load("models/tumour.joblib")
data = pd.read_parquet("data/holdout.parquet")
scores = model.predict_proba(data.drop(columns="target"))[:, 1]
print(f"ROC AUC {roc_auc_score(data['target'], scores):.3f}")
