"""Clean the raw measurements and keep what the models need."""

import pandas as pd

raw = pd.read_csv("data/tumours.csv")
clean = raw.dropna().drop_duplicates()
clean = clean[clean["mean area"] < 2000]
clean = clean.assign(ratio=clean["worst area"] / clean["mean area"])
clean.to_parquet("data/clean.parquet", index=False)
print(f"data/clean.parquet: {len(clean)} of {len(raw)} rows")
