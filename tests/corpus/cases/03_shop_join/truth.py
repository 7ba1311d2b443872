from pathlib import Path

from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, numbered, taken


def split(folder: Path) -> Split:
    orders = numbered(folder, "data/orders.csv", "order_row")
    customers = numbered(folder, "data/customers.csv", "customer_row")
    products = numbered(folder, "data/products.csv", "product_row")
    table = orders.merge(customers, on="customer_id").merge(products, on="product_id")
    table["value"] = table["price"] * table["quantity"] * (1 - table["discount"])
    table = table[table["category"] != "garden"].sort_values("value", ascending=False)
    train, test = train_test_split(table, test_size=0.3, random_state=1)
    sources = {
        "order_row": "data/orders.csv",
        "customer_row": "data/customers.csv",
        "product_row": "data/products.csv",
    }
    return taken(train, **sources), taken(test, **sources)


TRUTH = Truth(
    about="an inner join of three tables, a filter, a sort, gradient boosting, pickle",
    make=data.shop,
    commands=["train.py"],
    file_edges=[
        ("data/orders.csv", "returns.pkl"),
        ("data/customers.csv", "returns.pkl"),
        ("data/products.csv", "returns.pkl"),
    ],
    models=[
        ModelTruth(
            found="returns.pkl",
            columns={
                "data/orders.csv": ["quantity", "discount"],
                "data/customers.csv": ["country", "birth_year"],
                "data/products.csv": ["price"],
            },
            target={"data/orders.csv": ["returned"]},
            dropped={
                "data/orders.csv": fell(
                    "train.py: X = pd.get_dummies(", "order_id customer_id product_id ordered_at"
                ),
                "data/customers.csv": fell("train.py: customers = pd.read_csv(", "segment email")
                | fell("train.py: X = pd.get_dummies(", "customer_id"),
                "data/products.csv": fell(
                    "train.py: X = pd.get_dummies(", "product_id category weight_kg"
                ),
            },
            rows=split,
        )
    ],
)
