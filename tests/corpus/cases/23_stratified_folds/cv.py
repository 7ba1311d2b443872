import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import StandardScaler

frame = pd.read_csv("data/loans.csv", usecols=["age", "income", "amount", "term", "defaulted"])
X = frame.drop(columns=["defaulted", "term"])
y = (frame["defaulted"] == "yes").to_numpy()

scores = []
folds = StratifiedKFold(n_splits=5, shuffle=True, random_state=123)
for number, (train, test) in enumerate(folds.split(X, y)):
    scaler = StandardScaler().fit(X.iloc[train])
    model = LogisticRegression(class_weight="balanced")
    model.fit(scaler.transform(X.iloc[train]), y[train])
    predicted = model.predict(scaler.transform(X.iloc[test]))
    scores.append(balanced_accuracy_score(y[test], predicted))
    print(f"fold {number}: train {len(train)} test {len(test)}")

pd.Series(scores, name="balanced_accuracy").to_csv("cv.csv", index_label="fold")
print(np.mean(scores).round(3))
