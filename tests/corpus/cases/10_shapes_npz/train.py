import numpy as np
from joblib import dump
from sklearn.svm import SVC

with np.load("data/shapes.npz") as archive:
    images = archive["images"]
    labels = archive["labels"]

X = images.reshape(len(images), -1) / 16.0
bright = X.mean(axis=1) > 0.16
X, y = X[bright], labels[bright]

rng = np.random.default_rng(0)
order = rng.permutation(len(X))
test_idx, train_idx = order[:120], order[120:]
X_train, y_train = X[train_idx], y[train_idx]
X_test, y_test = X[test_idx], y[test_idx]

svc = SVC(gamma="scale").fit(X_train, y_train)
predicted = svc.predict(X_test)
print("accuracy", (predicted == y_test).mean().round(3))
print("train", len(X_train), "test", len(X_test))
np.save("predicted.npy", predicted)
dump(svc, "svc.joblib")
