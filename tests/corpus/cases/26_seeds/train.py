import os
import statistics

import joblib
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

SEEDS = [1, 2, 3]
os.makedirs("runs", exist_ok=True)
patients = pd.read_csv("data/patients.csv").drop_duplicates()
# one visit for each patient, the latest
latest = patients.sort_values("visit").groupby("patient").tail(1)
X = latest[["bmi", "glucose", "pressure"]]
y = latest["diabetic"]

scores = []
for seed in SEEDS:
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=seed)
    net = Pipeline(
        [
            ("scale", StandardScaler()),
            ("net", MLPClassifier((8,), max_iter=40, solver="lbfgs", random_state=seed)),
        ]
    )
    net.fit(X_train, y_train)
    scores.append(net.score(X_test, y_test))
    joblib.dump(net, f"runs/net_{seed}.joblib")
    print(f"seed {seed}: train {len(X_train)} test {len(X_test)}")

print(f"{statistics.mean(scores):.3f} +- {statistics.stdev(scores):.3f}")
