import joblib
import polars as pl
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

df = pl.read_csv("data/loans.csv", null_values="")
df = df.filter((pl.col("status") != "fraud") & (pl.col("age") >= 25))
df = df.with_columns(
    (pl.col("amount") / pl.col("income")).alias("burden"),
    pl.col("employment_years").fill_null(0),
    (pl.col("purpose") == "study").cast(pl.Int8).alias("study"),
)
df = df.sort("loan_id", descending=True).unique(
    subset=["income", "amount"], keep="first", maintain_order=True
)
df = df.drop("purpose", "status", "race")

X = df.select("burden", "employment_years", "study", "term").to_numpy()
y = (df["defaulted"] == "yes").to_numpy()
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=13)
model = LogisticRegression(max_iter=3000).fit(X_train, y_train)
print("score", round(model.score(X_test, y_test), 3))
print("train", len(X_train), "test", len(X_test))
joblib.dump(model, "loans_polars.joblib")
