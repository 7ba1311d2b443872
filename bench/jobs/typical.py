"""A typical job: 20,000 rows x 30 columns, some features, a split, a few fits, some metrics."""

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

data = pd.read_csv("job.csv")
data = data[data["c0"] > -3].dropna()
data["spread"] = data["c1"] - data["c2"]
data = data.assign(level=np.abs(data["c3"]), group=data["c4"].round())
data["rank"] = data.groupby("group")["c5"].rank()
X, y = data.drop(columns="label"), data["label"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
for model in (
    make_pipeline(StandardScaler(), LogisticRegression(max_iter=300)),
    make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=300)),
    RandomForestClassifier(n_estimators=30, random_state=0),
):
    model.fit(X_train, y_train)
    f1_score(y_test, model.predict(X_test))
    roc_auc_score(y_test, model.predict_proba(X_test)[:, 1])
