import subprocess
import sys

import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

done = subprocess.run(
    [sys.executable, "prepare.py", "data/patients.csv", "work.csv"], capture_output=True, text=True
)
if done.returncode:
    sys.exit(done.stderr)
print(done.stdout.strip())

work = pd.read_csv("work.csv")
train = work[work["part"] == "train"]
test = work[work["part"] == "test"]
columns = ["bmi", "glucose", "older"]
scaler = StandardScaler().fit(train[columns])
model = LogisticRegression().fit(scaler.transform(train[columns]), train["diabetic"])
print("accuracy", round(model.score(scaler.transform(test[columns]), test["diabetic"]), 3))
print("train", len(train), "test", len(test))

import joblib

joblib.dump([scaler, model], "patients.joblib")
