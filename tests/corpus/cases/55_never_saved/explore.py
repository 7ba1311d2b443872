import pandas as pd
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import train_test_split


def effect_of_age(path):
    table = pd.read_csv(path)
    table = table[table["support_calls"].isin([0, 1, 2])]
    train, test = train_test_split(table, test_size=0.5, random_state=3)
    model = LogisticRegression()
    model.fit(train[["age"]], train["churned"])
    print("coefficient", model.coef_.round(3))
    print("accuracy", round(model.score(test[["age"]], test["churned"]), 2))
    print("train", len(train), "test", len(test))


def trend(path):
    table = pd.read_csv(path, parse_dates=["signup_date"])
    monthly = table.groupby(table["signup_date"].dt.to_period("M"))["monthly_fee"].mean()
    line = LinearRegression().fit(pd.DataFrame({"month": range(len(monthly))}), monthly.values)
    print("slope", line.coef_.round(4))
    print("train", len(monthly))


effect_of_age("data/churn.csv")
trend("data/churn.csv")
