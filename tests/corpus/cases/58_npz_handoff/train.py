import numpy as np
import joblib
from sklearn.linear_model import SGDClassifier

data = np.load("prepared.npz")
X = data["X_train"].reshape(-1, 36)
mean, std = X.mean(axis=0), X.std(axis=0)
X = (X - mean) / std

model = SGDClassifier(random_state=0)
rng = np.random.default_rng(0)
for epoch in range(3):
    order = rng.permutation(len(X))
    for start in range(0, len(X), 50):
        batch = order[start : start + 50]
        model.partial_fit(X[batch], data["y_train"][batch], classes=np.array([0, 1]))

X_test = (data["X_test"].reshape(-1, 36) - mean) / std
print("accuracy", round(float((model.predict(X_test) == data["y_test"]).mean()), 3))
print("train", len(X), "test", len(X_test))
joblib.dump({"mean": mean, "std": std, "model": model}, "shapes.joblib")
