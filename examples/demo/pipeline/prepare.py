"""Clean the raw measurements, keep what the models need, and set rows aside to judge them by."""

import pandas as pd

raw = pd.read_csv("data/tumours.csv")
clean = raw.dropna().drop_duplicates()
clean = clean[clean["mean area"] < 2000]
clean = clean.assign(ratio=clean["worst area"] / clean["mean area"])
holdout = clean.sample(frac=0.2, random_state=11)
clean = clean.drop(holdout.index)
clean.to_parquet("data/clean.parquet", index=False)
holdout.to_parquet("data/holdout.parquet", index=False)
print(f"data/clean.parquet: {len(clean)} of {len(raw)} rows; {len(holdout)} are held out")
