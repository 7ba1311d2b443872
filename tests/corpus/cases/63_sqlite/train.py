import sqlite3

import joblib
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier

QUERY = """
SELECT o.quantity, o.discount, p.price * o.quantity AS value, c.segment = 'office' AS office, o.returned
FROM orders AS o
JOIN products AS p ON p.product_id = o.product_id
JOIN customers AS c ON c.customer_id = o.customer_id
WHERE p.category IN ('toys', 'books') AND o.order_id > ?
ORDER BY o.order_id
"""

connection = sqlite3.connect("data/shop.db")
table = pd.read_sql_query(QUERY, connection, params=(90_100,))
connection.close()

train, test = train_test_split(table, test_size=0.25, random_state=2)
tree = DecisionTreeClassifier(max_depth=4, random_state=0)
tree.fit(train.drop(columns=["returned", "discount"]), train["returned"])
accuracy = tree.score(test.drop(columns=["returned", "discount"]), test["returned"])
print("accuracy", round(accuracy, 3))
print("train", len(train), "test", len(test))
joblib.dump(tree, "returns.joblib")
