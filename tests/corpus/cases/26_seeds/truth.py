from functools import partial
from pathlib import Path

from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, numbered, rows_in


def split(seed: int, folder: Path) -> Split:
    table = numbered(folder, "data/patients.csv").sort_values("visit")
    latest = table[~table.duplicated("patient", keep="last")]["row"].to_numpy()
    return rows_in("data/patients.csv", *train_test_split(latest, test_size=0.2, random_state=seed))


TRUTH = Truth(
    about="a loop over seeds: each model has its own split; other models' test rows are no leak; "
    "the last row of each group",
    make=data.patients,
    commands=["train.py"],
    file_edges=[("data/patients.csv", f"runs/net_{seed}.joblib") for seed in (1, 2, 3)],
    models=[
        ModelTruth(
            found=f"runs/net_{seed}.joblib",
            columns={"data/patients.csv": ["bmi", "glucose", "pressure"]},
            target={"data/patients.csv": ["diabetic"]},
            dropped={
                "data/patients.csv": fell(
                    'train.py: X = latest[["bmi"', "patient visit age insulin"
                )
            },
            rows=partial(split, seed),
        )
        for seed in (1, 2, 3)
    ],
)
