from pathlib import Path

from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, numbered


def split(folder: Path) -> Split:
    orders = numbered(folder, "data/orders.csv")
    products = numbered(folder, "data/products.csv").set_index("product_id")["row"]
    early = orders[orders.ordered_at < "2024-09-01"]
    bought = early.groupby("customer_id")["row"].apply(list).to_dict()
    which = {row: int(products[one]) for row, one in zip(early.row, early.product_id, strict=True)}
    customers = numbered(folder, "data/customers.csv")
    train, test = train_test_split(customers, random_state=3)

    def rows(part):
        mine = [bought.get(customer, []) for customer in part["customer_id"]]
        return {
            "data/customers.csv": list(part["row"]),
            "data/orders.csv": mine,
            "data/products.csv": [[which[row] for row in one] for one in mine],
        }

    return rows(train), rows(test)


def reach(folder: Path) -> Split:
    """The answer of a customer comes from all orders of the autumn (`isin`)."""
    orders = numbered(folder, "data/orders.csv")
    late = list(orders[orders.ordered_at >= "2024-09-01"]["row"])
    train, test = split(folder)
    for part in (train, test):
        part["data/orders.csv"] = [[*one, *late] for one in part["data/orders.csv"]]
    return train, test


TRUTH = Truth(
    about="orders are grouped by customer (named aggregates) and joined to customers by a left join; "
    "the answer is whether a customer occurs among later orders",
    make=data.shop,
    commands=["features.py", "train.py"],
    file_edges=[
        ("data/orders.csv", "customer_features.csv"),
        ("data/customers.csv", "customer_features.csv"),
        ("data/products.csv", "customer_features.csv"),
        ("customer_features.csv", "comes_back.joblib"),
    ],
    models=[
        ModelTruth(
            found="comes_back.joblib",
            columns={
                "data/customers.csv": ["segment"],
                "data/orders.csv": ["quantity", "discount"],
                "data/products.csv": ["price"],
            },
            target={"data/customers.csv": ["customer_id"], "data/orders.csv": ["customer_id"]},
            dropped={
                "data/customers.csv": fell("train.py: X = table.loc[", "country birth_year email"),
                "data/orders.csv": fell("features.py: .agg(spent", "product_id ordered_at returned")
                | fell("train.py: X = table.loc[", "order_id"),
                "data/products.csv": fell(
                    "features.py: early = early.merge(products", "category weight_kg"
                )
                | fell("features.py: .agg(spent", "product_id"),
            },
            rows=split,
            reach=reach,
        )
    ],
    unknown=[
        "features.py: table['customer_id'].isin(late[...]): the answer comes from the keys of two tables; "
        "seeing the first is enough"
    ],
)
