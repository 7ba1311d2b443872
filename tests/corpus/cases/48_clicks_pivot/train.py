import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

clicks = pd.read_json("data/clicks.jsonl", lines=True)
buyers = pd.read_csv("data/buyers.csv")

clicks = clicks.loc[~clicks["bot"]]
clicks = clicks[clicks["seconds"] > 1]
time_on = clicks.pivot_table(
    index="user", columns="page", values="seconds", aggfunc="sum", fill_value=0
)
device = clicks.groupby("user")["device"].first().eq("phone").rename("phone")
table = buyers.set_index("user").join(time_on, how="inner").join(device)

X_train, X_test, y_train, y_test = train_test_split(
    table.drop(columns="bought"), table["bought"], test_size=0.3, random_state=19
)
model = LogisticRegression(max_iter=4000).fit(X_train, y_train)
print("accuracy", round(model.score(X_test, y_test), 3))
print("train", len(X_train), "test", len(X_test))
joblib.dump(model, "buyers.joblib")
