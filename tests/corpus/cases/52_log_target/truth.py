from pathlib import Path

from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, numbered, rows_in


def split(folder: Path) -> Split:
    table = numbered(folder, "data/houses.csv")
    rows = table[table.price > 200_000]["row"].to_numpy()
    return rows_in("data/houses.csv", *train_test_split(rows, test_size=0.3, random_state=50))


TRUTH = Truth(
    about="an imputer, polynomials, two selections of features and a log target, all inside the searched "
    "pipeline; columns read by position",
    make=data.houses,
    commands=["train.py"],
    file_edges=[("data/houses.csv", "search.joblib")],
    models=[
        ModelTruth(
            found="search.joblib",
            columns={"data/houses.csv": ["area", "rooms", "year_built", "garage", "lot_area"]},
            target={"data/houses.csv": ["price"]},
            dropped={
                "data/houses.csv": fell(
                    "train.py: houses = pd.read_csv(", "Id neighbourhood heating agent"
                )
            },
            rows=split,
        )
    ],
    unknown=[
        "the selection of features inside the pipeline: columns are told as they enter the fit of the "
        "search, products of two of them included"
    ],
)
