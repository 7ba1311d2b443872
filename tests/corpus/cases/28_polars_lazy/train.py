import pickle

import numpy as np
import polars as pl
from sklearn.linear_model import Ridge

orders = pl.scan_csv("data/orders.csv", try_parse_dates=True)
products = pl.scan_csv("data/products.csv")

lines = (
    orders.join(products, on="product_id", how="inner", maintain_order="left")
    .filter(pl.col("category") != "garden")
    .with_columns(revenue=pl.col("price") * pl.col("quantity"))
)
per_customer = (
    lines.group_by("customer_id", maintain_order=True)
    .agg(
        pl.col("revenue").sum().alias("revenue"),
        pl.col("weight_kg").mean().alias("weight"),
        pl.len().alias("orders"),
    )
    .filter(pl.col("orders") > 2)
    .sort("customer_id")
    .collect()
)
data = per_customer.to_pandas()
X = data[["weight", "orders"]].to_numpy()
y = data["revenue"].to_numpy()
cut = len(data) * 3 // 4
ridge = Ridge().fit(X[:cut], y[:cut])
print("rmse", round(float(np.sqrt(((ridge.predict(X[cut:]) - y[cut:]) ** 2).mean())), 1))
print("train", cut, "test", len(data) - cut)
with open("revenue.pkl", "wb") as out:
    pickle.dump(ridge, out)
