from pathlib import Path

from corpus import data
from corpus.truth import Leak, ModelTruth, Split, Truth, fell, numbered, rows_in


def split(folder: Path) -> Split:
    rows = numbered(folder, "data/houses.csv").dropna(subset=["lot_area"])["row"]
    rows = rows.sample(frac=1, random_state=12)
    return rows_in("data/houses.csv", rows[:750], rows[700:])


TRUTH = Truth(
    about="LEAK: two slices share fifty rows",
    make=data.houses,
    commands=["train.py"],
    file_edges=[("data/houses.csv", "gbr.pkl")],
    models=[
        ModelTruth(
            found="gbr.pkl",
            columns={"data/houses.csv": ["area", "rooms", "lot_area"]},
            target={"data/houses.csv": ["price"]},
            dropped={
                "data/houses.csv": fell(
                    "train.py: gbr.fit(", "Id year_built garage neighbourhood heating agent"
                )
            },
            rows=split,
        )
    ],
    leaks=[
        Leak(kind="overlap", at="train.py: gbr.fit(", cause="train.py: test = houses.iloc[700:]")
    ],
)
