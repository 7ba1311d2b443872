import joblib
import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

df = pd.read_csv("data/churn.csv").dropna()
X = df[["age", "tenure_months", "monthly_fee", "support_calls", "last_login_days"]]
y = df["churned"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=9)

candidates = {
    "logistic": LogisticRegression(max_iter=2000),
    "tree": DecisionTreeClassifier(max_depth=4, random_state=0),
    "forest": RandomForestClassifier(n_estimators=10, random_state=0),
    "boosting": GradientBoostingClassifier(n_estimators=10, random_state=0),
    "knn": KNeighborsClassifier(),
    "bayes": GaussianNB(),
}
best_name, best_score, best_model = None, -1, None
for name, model in candidates.items():
    model.fit(X_train, y_train)
    score = roc_auc_score(y_test, model.predict_proba(X_test)[:, 1])
    print(f"{name:10s} {score:.3f}")
    if score > best_score:
        best_name, best_score, best_model = name, score, model

print("winner:", best_name)
print("train", len(X_train), "test", len(X_test))
joblib.dump(best_model, "best.joblib")
