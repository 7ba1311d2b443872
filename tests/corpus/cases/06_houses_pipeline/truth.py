from pathlib import Path

from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, rows_in


def split(folder: Path) -> Split:
    return rows_in(
        "data/houses.csv", *train_test_split(list(range(1000)), test_size=0.2, random_state=0)
    )


TRUTH = Truth(
    about="a column transformer in a pipeline in a grid search: imputer and scaler see training rows only",
    make=data.houses,
    commands=["train.py"],
    file_edges=[("data/houses.csv", "houses.pkl")],
    models=[
        ModelTruth(
            found="houses.pkl",
            columns={
                "data/houses.csv": [
                    "area",
                    "rooms",
                    "year_built",
                    "garage",
                    "lot_area",
                    "neighbourhood",
                    "heating",
                ]
            },
            target={"data/houses.csv": ["price"]},
            # The agent reaches the fit of the search, and the column transformer leaves it out.
            dropped={
                "data/houses.csv": fell("train.py: houses = pd.read_csv(", "Id")
                | fell("train.py: search.fit(", "agent")
            },
            rows=split,
        )
    ],
)
