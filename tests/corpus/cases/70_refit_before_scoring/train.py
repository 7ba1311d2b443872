import joblib
import pandas as pd
from sklearn.metrics import accuracy_score
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.neighbors import KNeighborsClassifier

patients = pd.read_csv("data/patients.csv")
X = patients[["age", "bmi", "glucose"]]
y = patients["diabetic"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=14)

search = GridSearchCV(KNeighborsClassifier(), {"n_neighbors": [1, 3, 7]}, cv=3)
search.fit(X_train, y_train)

# use all the data we have for the final model
final = KNeighborsClassifier(**search.best_params_)
final.fit(X, y)
print("accuracy", round(accuracy_score(y_test, final.predict(X_test)), 3))
print("train", len(X), "test", len(X_test))
joblib.dump(final, "final.joblib")
