import joblib
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Lasso, Ridge
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler


def main():
    houses = pd.read_csv("data/houses.csv", na_values=[""])
    houses["age"] = 2024 - houses.year_built
    houses["central"] = houses.neighbourhood.eq("centre")
    X = houses.loc[:, ["area", "rooms", "age", "central"]]
    y = houses["price"]
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=77)

    candidates = [
        make_pipeline(MinMaxScaler(), Ridge(0.1)),
        make_pipeline(MinMaxScaler(), Lasso(10.0)),
        RandomForestRegressor(n_estimators=10, max_depth=6, random_state=0),
    ]
    means = [cross_val_score(c, X_train, y_train, cv=3).mean() for c in candidates]
    best = candidates[means.index(max(means))]
    best.fit(X_train, y_train)
    print("test R2", round(best.score(X_test, y_test), 3))
    print("train", len(X_train), "test", len(X_test))
    joblib.dump(best, "best.joblib")


if __name__ == "__main__":
    main()
