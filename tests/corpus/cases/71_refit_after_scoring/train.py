import joblib
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

patients = pd.read_csv("data/patients.csv")
X = patients[["age", "bmi", "glucose"]]
y = patients["diabetic"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=14)

model = RandomForestClassifier(n_estimators=10, random_state=0)
model.fit(X_train, y_train)
print("accuracy", round(model.score(X_test, y_test), 3))
joblib.dump(model, "tested.joblib")
print("train", len(X_train), "test", len(X_test))

# it is good enough: train it anew on everything, for production; nothing is measured any more
model.fit(X, y)
joblib.dump(model, "production.joblib")
print("train", len(X))
