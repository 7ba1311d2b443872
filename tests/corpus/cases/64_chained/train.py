import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression

CUT = pd.Timestamp("2022-06-01")


def add_burden(loans, by):
    return loans.assign(burden=loans["amount"] / loans[by])


loans = (
    pd.read_csv("data/loans.csv")
    .rename(columns=str.upper)
    .rename(columns=str.lower)
    .query("age >= 25 and purpose != 'other'")
    .drop(columns=["race", "sex"])
    .eval("years = term / 12")
    .pipe(add_burden, by="income")
    .assign(
        target=lambda d: d["defaulted"].eq("yes").astype("int64"),
        burden=lambda d: d["burden"].clip(upper=3),
        number=lambda d: d["loan_id"].str.slice(1).astype(int),
    )
    .astype({"years": "float32"})
    .nsmallest(900, "number")
    .set_index("loan_id")
)
train = loans[loans["number"] % 4 != 0]
test = loans[loans["number"] % 4 == 0]
inputs = ["years", "burden", "age"]
model = LogisticRegression(max_iter=1000).fit(train[inputs], train["target"])
print("accuracy", round(model.score(test[inputs], test["target"]), 3))
print("train", len(train), "test", len(test))
joblib.dump(model, "loans.joblib")
