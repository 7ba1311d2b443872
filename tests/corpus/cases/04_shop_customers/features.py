"""One row for each customer: what they bought until September."""

import pandas as pd

orders = pd.read_csv("data/orders.csv", parse_dates=["ordered_at"])
customers = pd.read_csv("data/customers.csv")
products = pd.read_csv("data/products.csv")

early = orders[orders.ordered_at < "2024-09-01"]
late = orders[orders.ordered_at >= "2024-09-01"]

early = early.merge(products[["product_id", "price"]], on="product_id", how="left")
early["spent"] = early["price"] * early["quantity"]
spending = (
    early.groupby("customer_id")
    .agg(spent=("spent", "sum"), orders=("order_id", "count"), discount=("discount", "mean"))
    .reset_index()
)
table = customers.merge(spending, on="customer_id", how="left")
table["spent"] = table["spent"].fillna(0)
table["orders"] = table["orders"].fillna(0)
table["discount"] = table["discount"].fillna(0)
table["comes_back"] = table["customer_id"].isin(late["customer_id"]).astype(int)
table.to_csv("customer_features.csv", index=False)
