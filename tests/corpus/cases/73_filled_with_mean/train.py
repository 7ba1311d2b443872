import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

patients = pd.read_csv("data/patients.csv")
patients["insulin"] = patients["insulin"].fillna(patients["insulin"].mean())
X = patients[["bmi", "insulin", "pressure"]]
y = patients["diabetic"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=20)
model = LogisticRegression(max_iter=3000).fit(X_train, y_train)
print("accuracy", round(model.score(X_test, y_test), 3))
print("train", len(X_train), "test", len(X_test))
joblib.dump(model, "insulin.joblib")
