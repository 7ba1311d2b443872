import joblib
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.impute import KNNImputer
from sklearn.model_selection import train_test_split

houses = pd.read_csv("data/houses.csv")
numbers = houses.select_dtypes("number").drop(columns="Id")
target = numbers.pop("price")

imputed = pd.DataFrame(
    KNNImputer(n_neighbors=3).fit_transform(numbers), columns=numbers.columns, index=numbers.index
)
X_train, X_test, y_train, y_test = train_test_split(imputed, target, random_state=42)
forest = RandomForestRegressor(n_estimators=15, random_state=0)
forest.fit(X_train, y_train)
print("R2", round(forest.score(X_test, y_test), 3))
print("train", len(X_train), "test", len(X_test))
joblib.dump(forest, "forest.joblib")
