import argparse
import os

import joblib
import pandas as pd
from sklearn.tree import DecisionTreeClassifier

parser = argparse.ArgumentParser()
parser.add_argument("--depth", type=int, default=3)
parser.add_argument("--out", default="models/churn.joblib")
args = parser.parse_args()

train = pd.read_parquet("work/train.parquet")
features = train.drop(columns=["churned", "customer_id"])
model = DecisionTreeClassifier(max_depth=args.depth, random_state=0)
model.fit(features, train["churned"])
os.makedirs(os.path.dirname(args.out), exist_ok=True)
joblib.dump(model, args.out)
print("train", len(train))
