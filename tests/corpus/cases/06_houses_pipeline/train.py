import pickle

import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

houses = pd.read_csv("data/houses.csv", index_col="Id")
y = houses.pop("price")

numeric = ["area", "rooms", "year_built", "garage", "lot_area"]
categorical = ["neighbourhood", "heating"]
X_train, X_test, y_train, y_test = train_test_split(houses, y, test_size=0.2, random_state=0)

preprocess = ColumnTransformer(
    [
        ("num", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numeric),
        (
            "cat",
            make_pipeline(
                SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")
            ),
            categorical,
        ),
    ]
)
pipeline = Pipeline([("prep", preprocess), ("model", Ridge())])
search = GridSearchCV(pipeline, {"model__alpha": [0.1, 1.0, 10.0]}, cv=3)
search.fit(X_train, y_train)
print("R2", round(search.score(X_test, y_test), 3), search.best_params_)
print("train", len(X_train), "test", len(X_test))
pickle.dump(search.best_estimator_, open("houses.pkl", "wb"))
