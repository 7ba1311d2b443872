import joblib
import pandas as pd
from sklearn.tree import DecisionTreeClassifier

df = pd.read_csv("data/churn.csv")
df = df[["age", "tenure_months", "support_calls", "churned"]]

train = df.sample(frac=0.8, random_state=1)
test = df.sample(frac=0.2, random_state=2)

tree = DecisionTreeClassifier(max_depth=6, random_state=0)
tree.fit(train.drop(columns="churned"), train["churned"])
score = tree.score(test.drop(columns="churned"), test["churned"])
print(f"accuracy {score:.3f}")
print("train", len(train), "test", len(test))
joblib.dump(tree, "tree.joblib")
