"""A pipeline of three branches and five steps, spoiled at any of its tables in eight ways.

    orders ─ clean ─┐
    customers ──────┴ enriched ─┐
    shops ──────────────────────┴ located ─ features ─ training

It is real code over real files, seen by the recorder as a user's program is. What was recorded is
blamed on stored profiles alone: the files are gone by then.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from capture.integrations.recording import recording
from forebear.client.asking import Asking
from forebear.core.events import AnyEvent, VersionNamed
from forebear.core.ports import Store
from forebear.core.profiles import encode
from forebear.engines.profile import profile_path
from forebear.ops.profiles import KeepProfileRequest

__all__ = ["FAULTS", "PLACES", "TABLES", "Spoil", "blame_story", "planted"]

TABLES = "orders customers shops clean enriched located features training".split()
Spoil = Callable[[str, pd.DataFrame], pd.DataFrame]


# The pipeline --------------------------------------------------------------------------------


def pipeline(dice: np.random.Generator, spoil: Spoil) -> None:
    """Write all tables into this folder, each as `spoil` leaves it."""
    for name, frame in _sources(dice).items():
        spoil(name, frame).to_csv(f"{name}.csv", index=False)
    clean = pd.read_csv("orders.csv")
    clean = clean[clean["quantity"] > 0]
    spoil("clean", clean).to_csv("clean.csv", index=False)
    enriched = pd.read_csv("clean.csv").merge(pd.read_csv("customers.csv"), on="customer")
    spoil("enriched", enriched).to_csv("enriched.csv", index=False)
    located = pd.read_csv("enriched.csv").merge(pd.read_csv("shops.csv"), on="shop", how="left")
    spoil("located", located).to_csv("located.csv", index=False)
    features = pd.read_csv("located.csv").rename(columns={"amount": "value"})
    features = features.drop(columns=["shop", "customer"])
    spoil("features", features).to_csv("features.csv", index=False)
    training = pd.read_csv("features.csv")
    training = training[training["quantity"] < 9]
    spoil("training", training).to_csv("training.csv", index=False)


def _sources(dice: np.random.Generator) -> dict[str, pd.DataFrame]:
    day = pd.Timestamp("2026-01-01")
    orders = pd.DataFrame(
        {
            "order": np.arange(2000),
            "customer": dice.integers(0, 700, 2000),
            "shop": dice.integers(0, 300, 2000),
            "quantity": dice.integers(0, 10, 2000),
            "amount": np.round(dice.gamma(3.0, 20.0, 2000), 2),
            "channel": dice.choice(["web", "app", "store", "phone"], 2000, p=[0.4, 0.3, 0.2, 0.1]),
            "ordered": _dates(day, dice.integers(0, 180, 2000)),
        }
    )
    return {"orders": orders, **_lasting(day, dice)}


def _lasting(day: pd.Timestamp, dice: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Return the tables that stay from run to run, but for one row in twenty."""
    always, found = np.random.default_rng(0), {}
    for name, size in (("customers", 700), ("shops", 300)):
        make = _customers if name == "customers" else _shops
        old, new = make(day, always, size), make(day, dice, size)
        kept = pd.Series(dice.random(size) > 0.05)
        found[name] = old.where(kept, new).convert_dtypes()
    return found


def _customers(day: pd.Timestamp, dice: np.random.Generator, size: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer": np.arange(size),
            "age": np.round(dice.normal(45, 12, size)).clip(18, 90),
            "segment": dice.choice(["private", "business", "public"], size, p=[0.6, 0.3, 0.1]),
            "joined": _dates(day, -dice.integers(0, 2000, size)),
        }
    )


def _shops(day: pd.Timestamp, dice: np.random.Generator, size: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "shop": np.arange(size),
            "area": np.round(dice.gamma(5.0, 40.0, size), 1),
            "region": dice.choice(["north", "south", "east", "west"], size),
            "opened": _dates(day, -dice.integers(0, 6000, size)),
        }
    )


def _dates(day: pd.Timestamp, offsets: np.ndarray) -> pd.Series:
    return pd.Series(day + pd.to_timedelta(offsets, "D")).dt.strftime("%Y-%m-%d")


# The faults ----------------------------------------------------------------------------------

Fault = Callable[[pd.DataFrame, str, np.random.Generator], pd.DataFrame]


def _nulls(frame: pd.DataFrame, column: str, dice: np.random.Generator) -> pd.DataFrame:
    first, size = _burst(frame, dice)
    holes = frame[column].where((np.arange(len(frame)) < first) | (_after(frame, first, size)))
    return frame.assign(**{column: holes})


def _stuck(frame: pd.DataFrame, column: str, dice: np.random.Generator) -> pd.DataFrame:
    first, size = _burst(frame, dice)
    free = (np.arange(len(frame)) < first) | (_after(frame, first, size))
    return frame.assign(**{column: frame[column].where(free, frame[column].iloc[first])})


def _unit(frame: pd.DataFrame, column: str, dice: np.random.Generator) -> pd.DataFrame:
    return frame.assign(**{column: frame[column] * 1000})


def _sign(frame: pd.DataFrame, column: str, dice: np.random.Generator) -> pd.DataFrame:
    return frame.assign(**{column: -frame[column]})


def _renamed(frame: pd.DataFrame, column: str, dice: np.random.Generator) -> pd.DataFrame:
    old = str(dice.choice(sorted(frame[column].unique())))
    return frame.assign(**{column: frame[column].replace(old, old.upper())})


def _repeated(frame: pd.DataFrame, column: str, dice: np.random.Generator) -> pd.DataFrame:
    again = frame.sample(frac=float(dice.uniform(0.1, 0.4)), random_state=int(dice.integers(1e6)))
    return pd.concat([frame, again])


def _shifted(frame: pd.DataFrame, column: str, dice: np.random.Generator) -> pd.DataFrame:
    days = pd.to_timedelta(365 * int(dice.integers(1, 4)), "D")
    moved = (pd.to_datetime(frame[column]) + days).dt.strftime("%Y-%m-%d")
    return frame.assign(**{column: moved})


def _dropped(frame: pd.DataFrame, column: str, dice: np.random.Generator) -> pd.DataFrame:
    return frame[frame[column] != dice.choice(sorted(frame[column].unique()))]


def _burst(frame: pd.DataFrame, dice: np.random.Generator) -> tuple[int, int]:
    size = int(len(frame) * dice.uniform(0.15, 0.4))
    return int(dice.integers(0, len(frame) - size)), size


def _after(frame: pd.DataFrame, first: int, size: int) -> np.ndarray:
    return np.arange(len(frame)) >= first + size


NUMBERS, WORDS, DATES = (
    ("amount", "age", "area"),
    ("channel", "segment", "region"),
    (
        "ordered",
        "joined",
        "opened",
    ),
)
FAULTS: dict[str, tuple[Fault, tuple[str, ...]]] = {
    "burst of nulls": (_nulls, NUMBERS + WORDS),
    "stuck value": (_stuck, NUMBERS),
    "unit x 1000": (_unit, NUMBERS),
    "sign flipped": (_sign, NUMBERS),
    "category renamed": (_renamed, WORDS),
    "rows repeated": (_repeated, ("",)),
    "dates shifted": (_shifted, DATES),
    "segment dropped": (_dropped, WORDS),
}
OF = {
    **dict.fromkeys(("amount", "channel", "ordered"), "orders clean"),
    **dict.fromkeys(("age", "segment", "joined"), "customers"),
    **dict.fromkeys(("area", "region", "opened"), "shops"),
}
LATER = "located features training".split()
PLACES = {
    column: [*where.split(), *(["enriched"] if where != "shops" else []), *LATER]
    for column, where in OF.items()
}
"""The tables that have a column."""


def planted(fault: str, seed: int) -> tuple[str, str, Spoil]:
    """Return a table and a column of it, chosen by chance, and what spoils them so."""
    dice = np.random.default_rng([seed, sorted(FAULTS).index(fault)])
    act, columns = FAULTS[fault]
    column = str(dice.choice(columns))
    place = str(dice.choice(PLACES.get(column, TABLES)))

    def spoil(name: str, frame: pd.DataFrame) -> pd.DataFrame:
        if name != place:
            return frame
        here = "value" if column == "amount" and "value" in frame else column
        return act(frame, here, dice)

    return place, column, spoil


# The record ----------------------------------------------------------------------------------


def blame_story(
    store: Store, client: Asking, folder: Path, seed: int, spoil: Spoil | None = None
) -> dict[str, str]:
    """Record one run of the pipeline with profiles of its files, and return these by name."""
    folder.mkdir(parents=True)
    with recording(folder) as record:
        pipeline(np.random.default_rng(seed), spoil or (lambda _, frame: frame))
    events: list[AnyEvent] = list(record.events)
    made = {name: record.by_label(f"{name}.csv").artifact for name in TABLES}
    events += [VersionNamed(kind="data", name=n, artifact=one) for n, one in made.items()]
    store.append(events)
    for name, artifact in made.items():
        packet = encode(profile_path(str(folder / f"{name}.csv")))
        client.call(KeepProfileRequest(about=artifact, packet=packet))
        (folder / f"{name}.csv").unlink()
    return made
