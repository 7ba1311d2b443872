import joblib
import numpy as np
import pandas as pd
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import MinMaxScaler

COLUMNS = ["age", "tenure_months", "monthly_fee", "support_calls"]
train = pd.read_csv("data/train.csv", usecols=COLUMNS + ["churned"])
test = pd.read_csv("data/test.csv", usecols=COLUMNS + ["churned"])

everything = np.vstack([train[COLUMNS].values, test[COLUMNS].values])
scaled = MinMaxScaler().fit_transform(everything)
X_train, X_test = scaled[: len(train)], scaled[len(train) :]

net = MLPClassifier((5,), solver="lbfgs", max_iter=300, random_state=0)
net.fit(X_train, train["churned"])
print("accuracy", round(net.score(X_test, test["churned"]), 3))
print("train", len(X_train), "test", len(X_test))
joblib.dump(net, "net.joblib")
