import pickle

import numpy as np
import pandas as pd
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

raw = np.loadtxt("data/wine.txt")
X, kind = raw[:, :-1], raw[:, -1].astype(int)

good = np.abs(X).max(axis=1) < 3.5
X, kind = X[good], kind[good]

features = np.column_stack([X[:, [0, 2]], X[:, 0] * X[:, 5], np.clip(X[:, 3], -2, 2)])
frame = pd.DataFrame(features, columns=["acid", "sugar", "mix", "alcohol"])
frame["kind"] = kind
frame = frame.sort_values("acid")
ordered = frame.to_numpy()

test = ordered[::5]
train = np.delete(ordered, np.arange(0, len(ordered), 5), axis=0)
lda = LinearDiscriminantAnalysis()
lda.fit(train[:, :4], train[:, 4])
print("accuracy", round(lda.score(test[:, :4], test[:, 4]), 3))
print("train", len(train), "test", len(test))
pickle.dump(lda, open("lda.pkl", "wb"))
