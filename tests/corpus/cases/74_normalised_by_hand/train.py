import joblib
import numpy as np
from sklearn.neighbors import KNeighborsClassifier

table = np.loadtxt("data/wine.txt")
X = table[:, :6]
y = table[:, 6]
X = (X - X.mean(axis=0)) / X.std(axis=0)

np.random.seed(7)
shuffled = np.random.permutation(len(X))
X, y = X[shuffled], y[shuffled]
cut = int(len(X) * 0.8)
X_train, X_test = X[:cut], X[cut:]
y_train, y_test = y[:cut], y[cut:]
knn = KNeighborsClassifier(7)
knn.fit(X_train, y_train)
print("accuracy", round(knn.score(X_test, y_test), 3))
print("train", len(X_train), "test", len(X_test))
joblib.dump(knn, "knn.joblib")
