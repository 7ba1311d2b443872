from pathlib import Path

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, numbered, rows_in


def split(folder: Path) -> Split:
    kept = numbered(folder, "data/houses.csv").dropna(subset=["lot_area", "garage"])["row"]
    rows = list(kept.sample(frac=1.0, random_state=99))
    n = len(rows)
    return rows_in("data/houses.csv", rows[: int(0.6 * n)], rows[int(0.8 * n) :])


TRUTH = Truth(
    about="shuffled and cut in three; warm_start grows the same model, a validation part stops it, the "
    "test part is used once",
    make=data.houses,
    commands=["train.py"],
    file_edges=[("data/houses.csv", "boosted.joblib")],
    models=[
        ModelTruth(
            found="boosted.joblib",
            columns={"data/houses.csv": ["area", "year_built", "lot_area", "garage"]},
            target={"data/houses.csv": ["price"]},
            dropped={
                "data/houses.csv": fell(
                    "train.py: gbr.fit(train[cols]", "Id rooms neighbourhood heating agent"
                )
            },
            rows=split,
        )
    ],
)
