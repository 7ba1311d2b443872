from pathlib import Path

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, numbered, rows_in


def split(folder: Path) -> Split:
    table = numbered(folder, "data/houses.csv")
    kept = table[table["lot_area"].notna()]
    kept = kept[~kept.duplicated(["area", "rooms", "year_built"])]
    order = kept.sort_values("Id", ascending=False)["row"]
    return rows_in("data/houses.csv", order[:600], order[600:])


TRUTH = Truth(
    about="everything in place: rename, drop, fillna with constants, dropna, drop_duplicates, sort, "
    "`.loc[...] =`, del; a split by position",
    make=data.houses,
    commands=["train.py"],
    file_edges=[("data/houses.csv", "model.joblib")],
    models=[
        ModelTruth(
            found="model.joblib",
            columns={
                "data/houses.csv": ["area", "rooms", "year_built", "garage", "heating", "lot_area"]
            },
            target={"data/houses.csv": ["price"]},
            dropped={
                "data/houses.csv": fell('train.py: df.drop(columns=["agent"]', "agent")
                | fell('train.py: del df["neighbourhood"]', "neighbourhood")
                | fell("train.py: model.fit(", "Id")
            },
            rows=split,
        )
    ],
)
