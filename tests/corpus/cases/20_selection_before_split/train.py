import joblib
import numpy as np
from sklearn.feature_selection import SelectKBest, f_regression
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import train_test_split

X = np.load("data/spectra.npy")
y = np.load("data/water.npy").ravel()

selector = SelectKBest(f_regression, k=5)
X_best = selector.fit_transform(X, y)
print("kept", selector.get_support(indices=True))

X_tr, X_te, y_tr, y_te = train_test_split(X_best, y, test_size=100, random_state=3)
model = LinearRegression().fit(X_tr, y_tr)
print("R2", round(model.score(X_te, y_te), 4))
print("train", len(X_tr), "test", len(X_te))
joblib.dump(model, "water.joblib")
