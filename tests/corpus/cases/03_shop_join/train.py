import pickle

import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

orders = pd.read_csv("data/orders.csv")
customers = pd.read_csv("data/customers.csv", usecols=["customer_id", "country", "birth_year"])
products = pd.read_csv("data/products.csv")

table = orders.merge(customers, on="customer_id", how="inner")
table = table.merge(products, on="product_id")
table["age"] = 2024 - table["birth_year"]
table["value"] = table["price"] * table["quantity"] * (1 - table["discount"])
table = table[table["category"].isin(["toys", "books", "phones"])]
table = table.sort_values("value", ascending=False).reset_index(drop=True)

X = pd.get_dummies(table[["age", "value", "country", "quantity"]], columns=["country"])
y = table["returned"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=1)

clf = GradientBoostingClassifier(n_estimators=20, random_state=0)
clf.fit(X_train, y_train)
print("auc", round(roc_auc_score(y_test, clf.predict_proba(X_test)[:, 1]), 3))
print("train", len(X_train), "test", len(X_test))
with open("returns.pkl", "wb") as f:
    pickle.dump(clf, f)
