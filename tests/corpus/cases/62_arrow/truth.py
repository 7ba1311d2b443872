from pathlib import Path

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, numbered, rows_in


def split(folder: Path) -> Split:
    table = numbered(folder, "data/houses.csv")
    rows = table[(table.area > 70) & (table.rooms > 2)]["row"]
    return rows_in("data/houses.csv", rows[:400], rows[400:])


TRUTH = Truth(
    about="Arrow tables: read_csv, compute, filter, drop_columns, a Parquet file written and read again with "
    "columns and filters, slices",
    make=data.houses,
    commands=["train.py"],
    file_edges=[("data/houses.csv", "houses.parquet"), ("houses.parquet", "forest.pkl")],
    models=[
        ModelTruth(
            found="forest.pkl",
            columns={"data/houses.csv": ["area", "lot_area", "rooms"]},
            target={"data/houses.csv": ["price"]},
            dropped={
                "data/houses.csv": fell("train.py: table = table.drop_columns(", "agent heating")
                | fell("train.py: back = pq.read_table(", "Id year_built garage neighbourhood")
            },
            rows=split,
        )
    ],
)
