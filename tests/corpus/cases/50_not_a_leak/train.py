import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder, OrdinalEncoder, StandardScaler

loans = pd.read_csv("data/loans.csv")
# everything here looks at one row at a time
loans = loans.dropna(subset=["purpose"])
loans["no_job"] = loans["employment_years"].isna().astype(int)
loans["employment_years"] = loans["employment_years"].fillna(0).clip(0, 30)
loans["amount"] = np.log(loans["amount"] + 1)
loans["age_group"] = pd.cut(loans["age"], [0, 30, 50, 120], labels=False)
# the names of the classes are no secret
y = LabelEncoder().fit_transform(loans["defaulted"])

columns = ["amount", "income", "employment_years", "no_job", "age_group", "purpose"]
X_train, X_test, y_train, y_test = train_test_split(
    loans[columns], y, test_size=0.2, random_state=0
)
purposes = OrdinalEncoder().fit(X_train[["purpose"]])
scaler = StandardScaler().fit(X_train[["amount", "income"]])
imputer = SimpleImputer(strategy="mean")


def matrix(part):
    return np.hstack(
        [
            purposes.transform(part[["purpose"]]),
            scaler.transform(part[["amount", "income"]]),
            part[["employment_years", "no_job", "age_group"]].to_numpy(),
        ]
    )


model = RandomForestClassifier(n_estimators=10, random_state=0)
model.fit(imputer.fit_transform(matrix(X_train)), y_train)
print("accuracy", round(model.score(imputer.transform(matrix(X_test)), y_test), 3))
print("train", len(X_train), "test", len(X_test))

# a scaler for the monitoring of all data, which the model never sees
watch = StandardScaler().fit(loans[["amount", "income"]])
joblib.dump(watch, "watch.joblib")
joblib.dump(model, "model.joblib")
