import joblib
import numpy as np
import pandas as pd
from own import NearestMean, Ratio
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import RobustScaler


def main() -> None:
    patients = pd.read_csv("data/patients.csv", dtype={"patient": "string"})
    patients = patients.loc[patients["insulin"].notna()]
    inputs = patients[["bmi", "glucose", "insulin"]]
    answer = np.asarray(patients["diabetic"])
    a_train, a_test, b_train, b_test = train_test_split(inputs, answer, random_state=21)
    pipe = Pipeline(
        [("ratio", Ratio("glucose", "insulin")), ("scale", RobustScaler()), ("near", NearestMean())]
    )
    pipe.fit(a_train, b_train)
    print("accuracy", round(accuracy_score(b_test, pipe.predict(a_test)), 3))
    print("train", len(a_train), "test", len(a_test))
    joblib.dump(pipe, "near.joblib")


main()
