import joblib
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from sklearn.utils import resample

tx = pd.read_csv("data/transactions.csv", nrows=6000)
fraud = tx[tx["fraud"] == 1]
fine = tx[tx["fraud"] == 0].sample(n=1500, random_state=0)
more_fraud = resample(fraud, replace=True, n_samples=1000, random_state=0)
balanced = pd.concat([fine, more_fraud], ignore_index=True)

X = balanced[["amount", "hour", "distance_km"]]
y = balanced["fraud"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=0)
forest = RandomForestClassifier(n_estimators=10, random_state=0, n_jobs=1)
forest.fit(X_train, y_train)
print("accuracy", round(forest.score(X_test, y_test), 3))
print("train", len(X_train), "test", len(X_test))
joblib.dump(forest, "fraud.joblib")
