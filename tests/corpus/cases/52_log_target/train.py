import joblib
import numpy as np
import pandas as pd
from sklearn.compose import TransformedTargetRegressor
from sklearn.experimental import enable_iterative_imputer  # noqa
from sklearn.feature_selection import RFE, SelectFromModel
from sklearn.impute import IterativeImputer
from sklearn.linear_model import Lasso, LinearRegression, Ridge
from sklearn.model_selection import RandomizedSearchCV, train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

houses = pd.read_csv("data/houses.csv", usecols=[1, 2, 3, 4, 7, 9])
houses = houses[houses.price > 200_000]
X, y = houses.iloc[:, :-1], houses.iloc[:, -1]
X_train, X_test, y_train, y_test = train_test_split(
    X, y, test_size=0.3, shuffle=True, random_state=50
)

pipe = Pipeline(
    [
        ("impute", IterativeImputer(max_iter=3, random_state=0)),
        ("poly", PolynomialFeatures(2, include_bias=False)),
        ("scale", StandardScaler()),
        ("pick", SelectFromModel(Lasso(alpha=0.001, max_iter=5000))),
        ("rfe", RFE(LinearRegression(), n_features_to_select=2)),
        ("model", Ridge()),
    ]
)
model = TransformedTargetRegressor(pipe, func=np.log1p, inverse_func=np.expm1)
search = RandomizedSearchCV(
    model, {"regressor__model__alpha": [0.1, 1, 10]}, n_iter=2, cv=2, random_state=0
)
search.fit(X_train, y_train)
print("R2", round(search.score(X_test, y_test), 3))
print("train", len(X_train), "test", len(X_test))
joblib.dump(search, "search.joblib")
