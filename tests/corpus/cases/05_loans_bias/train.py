import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

FEATURES = ["income", "amount", "term", "employment_years", "burden"]

loans = pd.read_csv("data/loans.csv")
loans = loans[(loans["status"] == "closed") | (loans["status"] == "open")]
loans = loans[~(loans["age"] < 21)]
loans["burden"] = np.log1p(loans["amount"]) - np.log1p(loans["income"])
loans = loans.dropna(subset=["employment_years"])
loans["y"] = loans["defaulted"].map({"yes": 1, "no": 0})
loans["weight"] = np.where(loans["amount"] > 12_000, 2.0, 1.0)

train, test = train_test_split(loans, test_size=300, random_state=11)
model = LogisticRegression(max_iter=2000)
model.fit(train[FEATURES], train["y"], sample_weight=train["weight"])

test = test.assign(predicted=model.predict(test[FEATURES]))
by_group = test.groupby(["sex", "race"])[["predicted", "y"]].mean()
by_group.to_csv("fairness.csv")
print(by_group.shape)
print("train", len(train), "test", len(test))
joblib.dump(model, "loans.joblib")
