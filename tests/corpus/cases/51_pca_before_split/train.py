import argparse

import joblib
import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score

parser = argparse.ArgumentParser()
parser.add_argument("--components", type=int, default=4)
args = parser.parse_args()

spectra = np.load("data/spectra.npy").astype("float32")
water = np.load("data/water.npy")[:, 0]
spectra = np.delete(spectra, [0, 11], axis=1)  # the borders are noise
scores = PCA(n_components=args.components, random_state=0).fit_transform(spectra)

rng = np.random.RandomState(1)
test_mask = np.zeros(len(water), dtype=bool)
test_mask[rng.choice(len(water), 125, replace=False)] = True
model = LinearRegression()
model.fit(scores[~test_mask], water[~test_mask])
print("R2", round(r2_score(water[test_mask], model.predict(scores[test_mask])), 4))
print("train", int((~test_mask).sum()), "test", int(test_mask.sum()))
joblib.dump(model, "pcr.joblib")
