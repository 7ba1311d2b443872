import multiprocessing
from pathlib import Path

import joblib
import pandas as pd
from sklearn.linear_model import LinearRegression


def clean(path):
    trips = pd.read_parquet(path, columns=["pickup", "distance", "fare", "passengers"])
    trips = trips[trips["distance"].between(0.5, 15)]
    trips = trips.assign(hour=trips["pickup"].dt.hour, night=lambda d: d["hour"] < 6)
    out = Path("clean") / (path.stem + ".csv")
    trips.to_csv(out, index=False)
    return out


def main():
    Path("clean").mkdir(exist_ok=True)
    years = sorted(Path("data/trips").glob("202[123].parquet"))
    with multiprocessing.Pool(2) as pool:
        cleaned = pool.map(clean, years)
    *before, last = cleaned
    train = pd.concat([pd.read_csv(path) for path in before])
    test = pd.read_csv(last)
    inputs = ["distance", "night"]
    model = LinearRegression().fit(train[inputs], train["fare"])
    print("R2", round(model.score(test[inputs], test["fare"]), 3))
    print("train", len(train), "test", len(test))
    joblib.dump(model, "fare.joblib")


if __name__ == "__main__":
    main()
