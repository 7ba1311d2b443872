"""Score this week's customers, for those who call them."""

import joblib
import pandas as pd

model = joblib.load("churn.joblib")
data = pd.read_parquet("holdout.parquet")
data["risk"] = model.predict_proba(data[list(model.feature_names_in_)])[:, 1]
data[["id", "risk"]].to_csv("risks.csv", index=False)
