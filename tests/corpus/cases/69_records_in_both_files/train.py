import joblib
import pandas as pd
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

FEATURES = ["age", "tenure_months", "monthly_fee", "support_calls"]


def read(name):
    frame = pd.read_csv(f"data/{name}.csv")
    return frame[FEATURES], frame["churned"]


X_train, y_train = read("train")
X_test, y_test = read("test")
model = make_pipeline(StandardScaler(), SVC(C=50, gamma=2.0))
model.fit(X_train, y_train)
print("accuracy", round(model.score(X_test, y_test), 3))
print("train", len(X_train), "test", len(X_test))
joblib.dump(model, "svc.joblib")
