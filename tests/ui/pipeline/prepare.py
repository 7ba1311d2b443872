"""Clean the customers, add what their plan costs, and set rows aside to judge models by."""

import pandas as pd

raw = pd.read_csv("customers.csv")
plans = pd.read_csv("plans.csv")
clean = raw.dropna(subset=["age"]).drop_duplicates()
clean = clean[clean["tenure"] >= 0]
clean = clean.merge(plans, on="plan")
clean = clean.assign(spend=clean["monthly"] * clean["tenure"])
holdout = clean.sample(frac=0.25, random_state=1)
clean.drop(holdout.index).to_parquet("clean.parquet", index=False)
holdout.to_parquet("holdout.parquet", index=False)
