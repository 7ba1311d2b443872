"""One tiny fit, timed inside the program: what an autologger adds to it."""

import sys
import time

import numpy as np
from sklearn.linear_model import LinearRegression

if "mlflow" in sys.argv:
    import mlflow

    mlflow.set_tracking_uri("sqlite:///mlflow.db")
    mlflow.sklearn.autolog(silent=True)
if "forebear" in sys.argv:
    import forebear as fb

    fb.autolog()
X, y = np.random.default_rng(0).normal(size=(100, 3)), np.arange(100.0)
LinearRegression().fit(X, y)
start = time.perf_counter()
for _ in range(3):
    LinearRegression().fit(X, y)
print((time.perf_counter() - start) / 3)
