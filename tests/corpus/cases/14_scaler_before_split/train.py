import joblib
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

data = pd.read_csv("data/churn.csv")
X = data[["age", "tenure_months", "monthly_fee", "support_calls"]].values
y = data["churned"].values

scaler = StandardScaler()
X = scaler.fit_transform(X)

X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=0)
knn = KNeighborsClassifier(n_neighbors=9)
knn.fit(X_train, y_train)
print("accuracy", round(knn.score(X_test, y_test), 3))
print("train", X_train.shape[0], "test", X_test.shape[0])
joblib.dump(knn, "knn.joblib")
joblib.dump(scaler, "scaler.joblib")
