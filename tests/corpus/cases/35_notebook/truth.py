from pathlib import Path

from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, numbered, rows_in


def split(folder: Path) -> Split:
    table = numbered(folder, "data/houses.csv")
    rows = table[table.area > 60]["row"].to_numpy()
    return rows_in("data/houses.csv", *train_test_split(rows, test_size=0.2, random_state=0))


TRUTH = Truth(
    about="a notebook exported to .py: cells executed again, variables overwritten, an abandoned split "
    "and an abandoned model; nothing leaks",
    make=data.houses,
    commands=["houses.py"],
    file_edges=[("data/houses.csv", "model_final_v2.joblib")],
    models=[
        ModelTruth(
            found="model_final_v2.joblib",
            columns={"data/houses.csv": ["area", "year_built", "garage"]},
            target={"data/houses.csv": ["price"]},
            dropped={
                "data/houses.csv": fell(
                    'houses.py: X = df[["log_area", "rooms"',
                    "Id neighbourhood heating lot_area agent",
                )
                | fell('houses.py: model.fit(X_train[["log_area"', "rooms")
            },
            rows=split,
        )
    ],
)
