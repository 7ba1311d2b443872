import joblib
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

table = pd.read_csv("customer_features.csv")
columns = ["spent", "discount", "segment"]
X = table.loc[:, columns].assign(segment=lambda d: (d["segment"] == "office").astype(int))
y = table.comes_back
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=3)
forest = RandomForestClassifier(n_estimators=15, random_state=0).fit(X_train, y_train)
print("score", round(forest.score(X_test, y_test), 3))
print("train", len(X_train), "test", len(X_test))
joblib.dump({"model": forest, "columns": columns}, "comes_back.joblib")
