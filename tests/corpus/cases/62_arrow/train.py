import pickle

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
from sklearn.ensemble import RandomForestRegressor

table = pa.csv.read_csv("data/houses.csv")
table = table.filter(pc.greater(table["area"], 70))
table = table.append_column("lot", pc.fill_null(table["lot_area"], 0.0))
table = table.drop_columns(["agent", "heating", "lot_area"])
pq.write_table(table, "houses.parquet")

back = pq.read_table(
    "houses.parquet", columns=["area", "lot", "rooms", "price"], filters=[("rooms", ">", 2)]
)
train, test = back.slice(0, 400), back.slice(400)
X, y = train.drop_columns(["price"]).to_pandas(), train["price"].to_numpy()
forest = RandomForestRegressor(n_estimators=10, random_state=0).fit(X, y)
score = forest.score(test.drop_columns(["price"]).to_pandas(), test["price"].to_numpy())
print("R2", round(score, 3))
print("train", len(X), "test", test.num_rows)
pickle.dump(forest, open("forest.pkl", "wb"))
