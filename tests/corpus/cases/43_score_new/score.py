import pickle
from datetime import datetime

import pandas as pd

with open("model.pkl", "rb") as f:
    model = pickle.load(f)

new = pd.read_csv("data/new_customers.csv")
new["plan_level"] = new["plan"].replace({"basic": "1", "plus": "2", "pro": "3"}).astype(int)
new["risk"] = model.predict_proba(new[model.feature_names_in_])[:, 1].round(4)
worst = new.nlargest(50, "risk")
worst[["customer_id", "risk"]].to_csv("predictions.csv", index=False)
with open("score.log", "a") as log:
    log.write(f"{datetime.now():%Y-%m-%d %H:%M} finished\n")
print(len(worst), "to call")
