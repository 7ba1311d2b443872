"""Train a classifier and report how good it is."""

import argparse
from pathlib import Path

import joblib
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, recall_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

parser = argparse.ArgumentParser()
parser.add_argument("--model", choices=["forest", "linear"], default="forest")
parser.add_argument("--trees", type=int, default=100)
options = parser.parse_args()

data = pd.read_parquet("data/clean.parquet")
X = data.drop(columns="target")
y = data["target"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=7)

if options.model == "forest":
    model = RandomForestClassifier(n_estimators=options.trees, random_state=7)
else:
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
model.fit(X_train, y_train)

predicted = model.predict(X_test)
print(f"F1 {f1_score(y_test, predicted):.3f}, recall {recall_score(y_test, predicted):.3f}")
Path("models").mkdir(exist_ok=True)
joblib.dump(model, "models/tumour.joblib")
