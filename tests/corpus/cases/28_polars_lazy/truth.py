from pathlib import Path

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, numbered


def split(folder: Path) -> Split:
    orders = numbered(folder, "data/orders.csv", "order")
    products = numbered(folder, "data/products.csv", "product")
    table = orders.merge(products, on="product_id")
    table = table[table.category != "garden"]
    groups = [one for _, one in table.groupby("customer_id") if len(one) > 2]
    cut = len(groups) * 3 // 4

    def rows(part):
        return {
            "data/orders.csv": [list(one["order"]) for one in part],
            "data/products.csv": [list(one["product"]) for one in part],
        }

    return rows(groups[:cut]), rows(groups[cut:])


TRUTH = Truth(
    about="Polars, lazy: two scans, a join, a filter, group_by with aggregates, collect, then pandas and NumPy",
    make=data.shop,
    commands=["train.py"],
    file_edges=[("data/orders.csv", "revenue.pkl"), ("data/products.csv", "revenue.pkl")],
    models=[
        ModelTruth(
            found="revenue.pkl",
            columns={"data/products.csv": ["weight_kg"], "data/orders.csv": []},
            target={"data/orders.csv": ["quantity"], "data/products.csv": ["price"]},
            dropped={
                "data/orders.csv": fell(
                    "train.py: .agg(", "product_id discount ordered_at returned order_id"
                )
                | fell('train.py: X = data[["weight"', "customer_id"),
                "data/products.csv": fell("train.py: .agg(", "product_id category"),
            },
            rows=split,
        )
    ],
)
