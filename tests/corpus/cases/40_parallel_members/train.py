import os

import joblib
import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier


def fit_member(seed, X, y):
    picked = np.random.RandomState(seed).choice(len(X), size=len(X) // 2, replace=False)
    tree = DecisionTreeClassifier(max_depth=5, random_state=seed)
    tree.fit(X.iloc[picked], y.iloc[picked])
    joblib.dump(tree, f"members/tree_{seed}.joblib")
    return tree, len(picked)


if __name__ == "__main__":
    os.makedirs("members", exist_ok=True)
    churn = pd.read_csv("data/churn.csv")
    X = churn[["tenure_months", "monthly_fee", "support_calls"]]
    X_train, X_test, y_train, y_test = train_test_split(X, churn["churned"], random_state=30)
    members = Parallel(n_jobs=2)(delayed(fit_member)(s, X_train, y_train) for s in range(2))
    votes = np.mean([tree.predict_proba(X_test)[:, 1] for tree, _ in members], axis=0)
    print("accuracy", round(float(np.mean((votes > 0.5) == y_test)), 3))
    for _, count in members:
        print("train", count, "test", len(X_test))
    np.savetxt("votes.txt", votes, fmt="%.4f")
