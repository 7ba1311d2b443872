import joblib
import pandas as pd
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("data/patients.csv").fillna({"insulin": 80.0})
X = df[["bmi", "glucose", "pressure", "insulin"]]
y = df["diabetic"]
X_rest, X_test, y_rest, y_test = train_test_split(X, y, test_size=0.2, random_state=0)
X_train, X_valid, y_train, y_valid = train_test_split(
    X_rest, y_rest, test_size=0.25, random_state=0
)

results = []
for k in [3, 5, 9, 15, 25, 41, 61]:
    knn = make_pipeline(StandardScaler(), KNeighborsClassifier(k))
    knn.fit(X_train, y_train)
    results.append((log_loss(y_valid, knn.predict_proba(X_valid)), k, knn))
loss, k, best = min(results)
print("best k", k, round(loss, 3))

print("test loss", round(log_loss(y_test, best.predict_proba(X_test)), 3))
print("train", len(X_train), "test", len(X_test))
joblib.dump(best, "knn.joblib")
