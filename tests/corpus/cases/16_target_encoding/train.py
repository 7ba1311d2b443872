import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

loans = pd.read_csv("data/loans.csv")
loans["defaulted"] = (loans["defaulted"] == "yes").astype(int)

# replace each category by its default rate
for column in ["purpose", "race"]:
    rate = loans.groupby(column)["defaulted"].mean()
    loans[column + "_rate"] = loans[column].map(rate)

features = ["amount", "income", "purpose_rate", "race_rate"]
train, test = train_test_split(loans, test_size=0.2, random_state=1)
model = LogisticRegression(max_iter=5000).fit(train[features] / 1000, train["defaulted"])
print("accuracy", round(model.score(test[features] / 1000, test["defaulted"]), 3))
print("train", len(train), "test", len(test))
joblib.dump(model, "default.joblib")
