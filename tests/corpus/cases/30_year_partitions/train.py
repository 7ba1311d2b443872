import glob
import json
import pickle
from pathlib import Path

import pandas as pd
from sklearn.linear_model import HuberRegressor

files = sorted(glob.glob("data/trips/*.parquet"))
frames = []
for path in files[:-1]:
    part = pd.read_parquet(path)
    part["year"] = int(Path(path).stem)
    frames.append(part)
train = pd.concat(frames, ignore_index=True)
train = train[(train.fare > 0) & (train.passengers > 0)]
test = pd.read_parquet(files[-1]).query("passengers > 0")

X = train[["distance", "passengers"]]
model = HuberRegressor().fit(X, train["fare"])
error = (model.predict(test[X.columns]) - test["fare"]).abs().mean()
print("train", len(X), "test", len(test))
with open("fare.pkl", "wb") as f:
    pickle.dump(model, f)
Path("report.json").write_text(json.dumps({"mae": round(float(error), 4), "files": files}))
