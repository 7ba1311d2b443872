"""Two questions that have nothing to do with each other, in one script."""

import json

import joblib
import pandas as pd
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import train_test_split

houses = pd.read_csv("data/houses.csv")
patients = pd.read_csv("data/patients.csv")

h_train, h_test = train_test_split(houses, test_size=0.1, random_state=0)
p_train, p_test = train_test_split(patients, test_size=0.1, random_state=0)

price = LinearRegression().fit(h_train[["area", "rooms"]], h_train["price"])
sick = LogisticRegression(max_iter=3000).fit(p_train[["bmi", "glucose"]], p_train["diabetic"])

h_score = price.score(h_test[["area", "rooms"]], h_test["price"])
p_score = sick.score(p_test[["bmi", "glucose"]], p_test["diabetic"])

joblib.dump(sick, "sick.joblib")
with open("price.json", "w") as f:
    json.dump({"R2": h_score, "coef": price.coef_.tolist()}, f)
joblib.dump(price, "price.joblib")
p_test.assign(guess=sick.predict(p_test[["bmi", "glucose"]])).to_csv("guesses.csv")
print("train", len(h_train), "test", len(h_test))
print("train", len(p_train), "test", len(p_test))
print(round(h_score, 3), round(p_score, 3))
with open("README.txt", "w") as f:
    f.write("price: euros\nsick: yes or no\n")
