from pathlib import Path

import numpy as np

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, numbered, rows_in


def split(folder: Path) -> Split:
    rows = numbered(folder, "data/houses.csv").sort_values("year_built")["row"].to_numpy()
    test = np.random.default_rng(15).random(len(rows)) < 0.2
    return rows_in("data/houses.csv", rows[~test], rows[test])


RIDGE = "train.py: ridge = Ridge().fit("
FOREST = "train.py: forest.fit("

TRUTH = Truth(
    about="two models on different columns, blended; the median for gaps comes from training rows",
    make=data.houses,
    commands=["train.py"],
    file_edges=[
        ("data/houses.csv", "ridge.joblib"),
        ("data/houses.csv", "forest.joblib"),
        ("data/houses.csv", "blend.csv"),
    ],
    models=[
        ModelTruth(
            found="ridge.joblib",
            columns={"data/houses.csv": ["area", "rooms"]},
            target={"data/houses.csv": ["price"]},
            dropped={
                "data/houses.csv": fell(
                    RIDGE, "Id year_built garage neighbourhood heating lot_area agent"
                )
            },
            rows=split,
        ),
        ModelTruth(
            found="forest.joblib",
            columns={"data/houses.csv": ["area", "year_built", "lot_area"]},
            target={"data/houses.csv": ["price"]},
            dropped={
                "data/houses.csv": fell(FOREST, "Id rooms garage neighbourhood heating agent")
            },
            rows=split,
        ),
    ],
)
