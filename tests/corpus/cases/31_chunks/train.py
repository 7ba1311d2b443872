import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import SGDClassifier
from sklearn.preprocessing import StandardScaler

COLUMNS = ["amount", "hour", "distance_km"]
scaler = StandardScaler()
model = SGDClassifier(loss="log_loss", random_state=0)
seen = 0
held_out = None

for number, chunk in enumerate(pd.read_csv("data/transactions.csv", chunksize=4000)):
    chunk = chunk[chunk["currency"] == "EUR"]
    if number == 4:
        held_out = chunk
        continue
    scaler.partial_fit(chunk[COLUMNS])
    model.partial_fit(scaler.transform(chunk[COLUMNS]), chunk["fraud"], classes=[0, 1])
    seen += len(chunk)

accuracy = model.score(scaler.transform(held_out[COLUMNS]), held_out["fraud"])
print("accuracy", np.round(accuracy, 3))
print("train", seen, "test", len(held_out))
joblib.dump((scaler, model), "fraud.joblib")
