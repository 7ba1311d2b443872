from pathlib import Path

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, numbered

YEARS = (2021, 2022, 2023)
SOURCES = [f"data/trips/{year}.parquet" for year in YEARS]


def split(folder: Path) -> Split:
    kept = {}
    for source in SOURCES:
        table = numbered(folder, source)
        kept[source] = list(table[(table.distance >= 0.5) & (table.distance <= 15)]["row"])
    first, second, last = SOURCES
    train = {
        first: kept[first] + [[] for _ in kept[second]],
        second: [[] for _ in kept[first]] + kept[second],
    }
    return train, {last: kept[last]}


TRUTH = Truth(
    about="a pool of processes: each reads one Parquet file and writes one CSV; the parent trains",
    make=data.trips,
    commands=["train.py"],
    file_edges=[
        *((f"data/trips/{year}.parquet", f"clean/{year}.csv") for year in YEARS),
        ("clean/2021.csv", "fare.joblib"),
        ("clean/2022.csv", "fare.joblib"),
    ],
    models=[
        ModelTruth(
            found="fare.joblib",
            columns={source: ["distance", "pickup"] for source in SOURCES[:2]},
            target={source: ["fare"] for source in SOURCES[:2]},
            dropped={
                source: fell("train.py: trips = pd.read_parquet(path", "trip_id tip")
                | fell("train.py: model = LinearRegression()", "passengers")
                for source in SOURCES[:2]
            },
            rows=split,
        )
    ],
    time={source: "pickup" for source in SOURCES},
)
