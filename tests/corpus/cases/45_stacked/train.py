import joblib
import pandas as pd
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import RandomForestClassifier, StackingClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import GaussianNB
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC

loans = pd.read_csv("data/loans.csv")
train, test = train_test_split(loans, test_size=0.2, stratify=loans["defaulted"], random_state=44)
train, test = train.copy(), test.copy()

encoder = OneHotEncoder(sparse_output=False, drop="first").set_output(transform="pandas")
scaler = StandardScaler().set_output(transform="pandas")


def prepare(part, fit):
    coded = (
        encoder.fit_transform(part[["purpose"]]) if fit else encoder.transform(part[["purpose"]])
    )
    numbers = part[["income", "amount", "age"]]
    scaled = scaler.fit_transform(numbers) if fit else scaler.transform(numbers)
    return pd.concat([coded, scaled], axis=1)


X_train, X_test = prepare(train, True), prepare(test, False)
model = VotingClassifier(
    [
        ("svc", CalibratedClassifierCV(LinearSVC(random_state=0), cv=3)),
        (
            "stack",
            StackingClassifier(
                [
                    ("forest", RandomForestClassifier(n_estimators=8, random_state=0)),
                    ("bayes", GaussianNB()),
                ],
                final_estimator=LogisticRegression(),
                cv=3,
            ),
        ),
    ],
    voting="soft",
)
model.fit(X_train, train["defaulted"])
chance = model.predict_proba(X_test)[:, 1]
print("brier", round(brier_score_loss(test["defaulted"] == "yes", chance), 4))
print("train", len(X_train), "test", len(X_test))
joblib.dump({"encoder": encoder, "scaler": scaler, "model": model}, "stacked.joblib")
