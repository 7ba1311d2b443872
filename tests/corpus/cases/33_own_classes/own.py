"""A transformer and a classifier of our own."""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin


class Ratio(TransformerMixin, BaseEstimator):
    def __init__(self, over, under):
        self.over = over
        self.under = under

    def fit(self, X, y=None):
        self.columns_ = list(X.columns)
        return self

    def transform(self, X):
        X = X.copy()
        X["ratio"] = X[self.over] / (X[self.under] + 1)
        return X


class NearestMean(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.means_ = np.stack([X[y == c].mean(axis=0) for c in self.classes_])
        return self

    def predict(self, X):
        distance = ((X[:, None, :] - self.means_[None]) ** 2).sum(axis=2)
        return self.classes_[distance.argmin(axis=1)]
