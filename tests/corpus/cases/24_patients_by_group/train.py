import pathlib

import joblib
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import GroupKFold, GroupShuffleSplit

visits = pd.read_csv("data/patients.csv")
visits = visits.sort_values("visit", kind="stable")
X = visits.filter(["age", "bmi", "pressure", "insulin"])
y = visits["diabetic"]
groups = visits["patient"]

# keep whole patients aside for the final test
outer = GroupShuffleSplit(n_splits=1, test_size=0.2, random_state=6)
dev, test = next(outer.split(X, y, groups))
X_dev, y_dev, g_dev = X.iloc[dev], y.iloc[dev], groups.iloc[dev]

for rate in (0.05, 0.2):
    total = 0.0
    for tr, va in GroupKFold(n_splits=3).split(X_dev, y_dev, g_dev):
        hgb = HistGradientBoostingClassifier(learning_rate=rate, max_iter=10, random_state=0)
        hgb.fit(X_dev.iloc[tr], y_dev.iloc[tr])
        total += hgb.score(X_dev.iloc[va], y_dev.iloc[va])
    print(rate, round(total / 3, 3))

final = HistGradientBoostingClassifier(learning_rate=0.2, max_iter=10, random_state=0)
final.fit(X_dev, y_dev)
print("final", round(final.score(X.iloc[test], y.iloc[test]), 3))
print("train", len(X_dev), "test", len(test))
pathlib.Path("models").mkdir()
joblib.dump(final, pathlib.Path("models") / "diabetes.joblib")
