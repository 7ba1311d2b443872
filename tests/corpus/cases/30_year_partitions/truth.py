from pathlib import Path

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, numbered

YEARS = [f"data/trips/{year}.parquet" for year in (2020, 2021, 2022, 2023)]
COLUMNS = ["distance", "passengers"]
LEFT = "trip_id pickup tip"


def split(folder: Path) -> Split:
    tables = {year: numbered(folder, year) for year in YEARS}
    train: dict[str, list] = {year: [] for year in YEARS[:3]}
    for year in YEARS[:3]:
        table = tables[year]
        for row in table[(table.fare > 0) & (table.passengers > 0)]["row"]:
            for each in YEARS[:3]:
                train[each].append(int(row) if each == year else [])
    last = tables[YEARS[3]]
    return train, {YEARS[3]: list(last[last.passengers > 0]["row"])}


TRUTH = Truth(
    about="one Parquet file for each year: the first three are concatenated for training, the last is the test",
    make=data.trips,
    commands=["train.py"],
    file_edges=[
        *((year, "fare.pkl") for year in YEARS[:3]),
        *((year, "report.json") for year in YEARS),
    ],
    models=[
        ModelTruth(
            found="fare.pkl",
            columns={year: COLUMNS for year in YEARS[:3]},
            target={year: ["fare"] for year in YEARS[:3]},
            dropped={
                year: fell('train.py: X = train[["distance", "passengers"]]', LEFT)
                for year in YEARS[:3]
            },
            rows=split,
        )
    ],
    time={year: "pickup" for year in YEARS},
)
