from pathlib import Path

from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, numbered, taken

ORDERS, PRODUCTS, CUSTOMERS = (
    f"data/shop.db#{name}" for name in ("orders", "products", "customers")
)


def split(folder: Path) -> Split:
    table = numbered(folder, ORDERS, "order").merge(
        numbered(folder, PRODUCTS, "product"), on="product_id"
    )
    table = table.merge(numbered(folder, CUSTOMERS, "customer"), on="customer_id")
    table = table[table.category.isin(["toys", "books"]) & (table.order_id > 90_100)]
    table = table.sort_values("order_id")
    train, test = train_test_split(table, test_size=0.25, random_state=2)
    sources = {"order": ORDERS, "product": PRODUCTS, "customer": CUSTOMERS}
    return taken(train, **sources), taken(test, **sources)


READ = "train.py: table = pd.read_sql_query("

TRUTH = Truth(
    about="a SQL query over three tables of a SQLite file",
    make=data.shop_database,
    commands=["train.py"],
    file_edges=[("data/shop.db", "returns.joblib")],
    models=[
        ModelTruth(
            found="returns.joblib",
            columns={ORDERS: ["quantity"], PRODUCTS: ["price"], CUSTOMERS: ["segment"]},
            target={ORDERS: ["returned"]},
            dropped={
                ORDERS: fell(READ, "order_id customer_id product_id ordered_at")
                | fell("train.py: tree.fit(", "discount"),
                PRODUCTS: fell(READ, "product_id category weight_kg"),
                CUSTOMERS: fell(READ, "customer_id country birth_year email"),
            },
            rows=split,
        )
    ],
    unknown=["rows inside the database: a query returns no row numbers; columns show in its text"],
)
