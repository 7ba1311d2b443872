import joblib
import polars as pl
from sklearn.linear_model import LogisticRegression

df = pl.read_parquet("data/features/profile.parquet")
labels = pl.read_parquet("data/labels.parquet").select("user_id", "subscribed")
payments = pl.read_parquet("data/features/payments.parquet")
df = df.join(labels, on="user_id", maintain_order="left")
df = df.join(payments, on="user_id", how="left", maintain_order="left")
df = df.with_columns(
    pl.col("total").fill_null(0.0), mobile=pl.col("device").is_in(["ios", "android"])
)

train = df.sample(fraction=0.7, seed=5, shuffle=True)
test = df.join(train.select("user_id"), on="user_id", how="anti")
assert set(train["user_id"]).isdisjoint(test["user_id"])

columns = ["account_age", "total", "mobile"]
model = LogisticRegression(max_iter=5000)
model.fit(train.select(columns).cast(pl.Float64), train["subscribed"])
print("accuracy", round(model.score(test[columns].cast(pl.Float64), test["subscribed"]), 3))
print("train", train.height, "test", test.height)
joblib.dump(model, "sub.joblib")
train.write_parquet("train_used.parquet")
