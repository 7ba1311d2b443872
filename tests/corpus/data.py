"""Input files of the corpus: small, realistic, the same on every machine."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd

__all__ = [
    "churn",
    "churn_and_later",
    "churn_and_new",
    "churn_in_both",
    "churn_in_two",
    "churn_repeated",
    "churn_with_config",
    "clicks",
    "digits",
    "energy",
    "features",
    "houses",
    "loans",
    "patients",
    "reviews",
    "sensor",
    "shop",
    "shop_database",
    "spectra",
    "transactions",
    "trips",
    "wine",
]


def _folder(folder: Path) -> Path:
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    return data


def _csv(frame: pd.DataFrame, path: Path) -> None:
    frame.to_csv(path, index=False, lineterminator="\n")


def _holes(random: np.random.Generator, values: np.ndarray, share: float) -> np.ndarray:
    holed = values.astype(float)
    holed[random.random(len(values)) < share] = np.nan
    return holed


def churn_table(rows: int = 1200, seed: int = 11) -> pd.DataFrame:
    """Return customers of a telephone company and whether they left."""
    random = np.random.default_rng(seed)
    tenure = random.integers(1, 72, rows)
    calls = random.poisson(1.4, rows)
    fee = np.round(random.gamma(6, 8, rows) + 10, 2)
    chance = 1 / (1 + np.exp(0.05 * tenure - 0.7 * calls - 0.012 * fee + 0.6))
    start = pd.Timestamp("2019-01-01")
    return pd.DataFrame(
        {
            "customer_id": random.permutation(rows) + 10_000,
            "name": [f"Customer {i}" for i in range(rows)],
            "signup_date": start + pd.to_timedelta(random.integers(0, 1500, rows), unit="D"),
            "age": random.integers(18, 90, rows),
            "plan": random.choice(["basic", "plus", "pro"], rows, p=[0.5, 0.3, 0.2]),
            "region": random.choice(["north", "south", "east", "west"], rows),
            "tenure_months": tenure,
            "monthly_fee": fee,
            "support_calls": calls,
            "last_login_days": _holes(random, random.integers(0, 60, rows), 0.08),
            "churned": (random.random(rows) < chance).astype(int),
        }
    )


def churn(folder: Path) -> None:
    """Write `data/churn.csv`."""
    _csv(churn_table(), _folder(folder) / "churn.csv")


def churn_with_config(folder: Path) -> None:
    """Write `data/churn.csv` and a `config.json` that says how to train."""
    churn(folder)
    config = {
        "source": "data/churn.csv",
        "target": "churned",
        "features": ["age", "tenure_months", "monthly_fee", "support_calls"],
        "min_age": 21,
        "test_size": 0.3,
        "seed": 5,
        "model": {"n_estimators": 20, "max_depth": 3},
        "output": "out/model.joblib",
    }
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def churn_in_two(folder: Path) -> None:
    """Write `data/train.csv` and `data/test.csv`, divided by somebody else before."""
    frame = churn_table()
    _csv(frame.iloc[:900], _folder(folder) / "train.csv")
    _csv(frame.iloc[900:], _folder(folder) / "test.csv")


def churn_in_both(folder: Path) -> None:
    """Write `data/train.csv` and `data/test.csv`; 80 records of the first are in the second too."""
    frame = churn_table()
    _csv(frame.iloc[:900], _folder(folder) / "train.csv")
    _csv(pd.concat([frame.iloc[900:], frame.iloc[40:120]]), folder / "data/test.csv")


def churn_and_later(folder: Path) -> None:
    """Write `data/churn.csv` and `data/churn_later.csv`, what became known a month later."""
    churn(folder)
    _csv(churn_table(400, seed=13), folder / "data/churn_later.csv")


def churn_repeated(folder: Path) -> None:
    """Write `data/churn.csv` in which an export appended 300 records a second time."""
    frame = churn_table(900)
    random = np.random.default_rng(3)
    again = frame.iloc[random.choice(900, 300, replace=False)]
    _csv(pd.concat([frame, again]), _folder(folder) / "churn.csv")


def churn_and_new(folder: Path) -> None:
    """Write `data/churn.csv` and `data/new_customers.csv`, whose answer nobody knows yet."""
    churn(folder)
    _csv(churn_table(250, seed=12).drop(columns="churned"), folder / "data/new_customers.csv")


def shop(folder: Path) -> None:
    """Write `data/{customers,products,orders}.csv`; some orders have no customer."""
    random = np.random.default_rng(21)
    data = _folder(folder)
    customers = pd.DataFrame(
        {
            "customer_id": np.arange(1, 301),
            "country": random.choice(["DE", "FR", "NL", "IT"], 300),
            "segment": random.choice(["home", "office"], 300, p=[0.7, 0.3]),
            "birth_year": random.integers(1940, 2005, 300),
            "email": [f"c{i}@example.org" for i in range(300)],
        }
    )
    products = pd.DataFrame(
        {
            "product_id": np.arange(500, 560),
            "category": random.choice(["toys", "books", "garden", "phones"], 60),
            "price": np.round(random.gamma(3, 15, 60), 2),
            "weight_kg": np.round(random.gamma(2, 1, 60), 3),
        }
    )
    count = 2000
    ordered = pd.Timestamp("2024-01-01") + pd.to_timedelta(
        np.sort(random.integers(0, 366 * 24 * 60, count)), unit="min"
    )
    orders = pd.DataFrame(
        {
            "order_id": np.arange(90_000, 90_000 + count),
            "customer_id": random.integers(1, 331, count),
            "product_id": random.integers(500, 560, count),
            "quantity": random.integers(1, 8, count),
            "discount": np.round(random.choice([0, 0, 0.1, 0.25], count), 2),
            "ordered_at": ordered,
        }
    )
    price = products.set_index("product_id").loc[orders["product_id"], "price"].to_numpy()
    chance = 1 / (1 + np.exp(2.2 - 0.012 * price - 0.1 * orders["quantity"]))
    orders["returned"] = (random.random(count) < chance).astype(int)
    for name, frame in (("customers", customers), ("products", products), ("orders", orders)):
        _csv(frame, data / f"{name}.csv")


def shop_database(folder: Path) -> None:
    """Write `data/shop.db`: the three tables of the shop in SQLite."""
    shop(folder)
    with closing(sqlite3.connect(folder / "data/shop.db")) as database:
        for name in ("customers", "products", "orders"):
            path = folder / f"data/{name}.csv"
            pd.read_csv(path).to_sql(name, database, index=False)
            path.unlink()
        database.commit()


def loans(folder: Path) -> None:
    """Write `data/loans.csv`; employment is missing more often for one group than for the other."""
    random = np.random.default_rng(31)
    rows = 1500
    race = random.choice(["a", "b", "c"], rows, p=[0.6, 0.25, 0.15])
    income = np.round(random.lognormal(10.3, 0.5, rows), 0)
    amount = np.round(random.gamma(3, 4000, rows), 0)
    years = random.integers(0, 35, rows).astype(float)
    years[random.random(rows) < np.where(race == "c", 0.45, 0.08)] = np.nan
    chance = 1 / (1 + np.exp(2.0 - 2.2 * amount / income))
    frame = pd.DataFrame(
        {
            "loan_id": [f"L{i:05d}" for i in range(rows)],
            "sex": random.choice(["f", "m"], rows),
            "race": race,
            "age": random.integers(18, 75, rows),
            "income": income,
            "amount": amount,
            "term": random.choice([12, 24, 36, 60], rows),
            "purpose": random.choice(["car", "house", "study", "other"], rows),
            "employment_years": years,
            "status": random.choice(["closed", "open", "fraud"], rows, p=[0.8, 0.17, 0.03]),
            "defaulted": np.where(random.random(rows) < chance, "yes", "no"),
        }
    )
    _csv(frame, _folder(folder) / "loans.csv")


def sensor(folder: Path) -> None:
    """Write `data/sensor.csv`: two machines, one reading an hour each, in order of time."""
    random = np.random.default_rng(41)
    hours = 700
    parts = []
    for machine in ("A", "B"):
        wave = np.sin(np.arange(hours) / 24 * 2 * np.pi)
        heat = 60 + 5 * wave + np.cumsum(random.normal(0, 0.3, hours))
        shake = np.abs(random.normal(1, 0.3, hours)) + 0.02 * np.maximum(heat - 62, 0)
        parts.append(
            pd.DataFrame(
                {
                    "time": pd.date_range("2024-05-01", periods=hours, freq="h"),
                    "machine": machine,
                    "temperature": np.round(heat, 3),
                    "pressure": np.round(random.normal(30, 2, hours), 3),
                    "vibration": np.round(shake, 4),
                    "humidity": np.round(random.uniform(20, 80, hours), 2),
                    "failure": (shake + random.normal(0, 0.2, hours) > 1.6).astype(int),
                }
            )
        )
    frame = pd.concat(parts).sort_values(["time", "machine"], kind="stable")
    _csv(frame, _folder(folder) / "sensor.csv")


def energy(folder: Path) -> None:
    """Write `data/energy.csv`: the load of a grid, every hour of a hundred days."""
    random = np.random.default_rng(42)
    hours = 2400
    time = pd.date_range("2023-01-01", periods=hours, freq="h")
    heat = 8 + 10 * np.sin(np.arange(hours) / 2400 * np.pi) + random.normal(0, 2, hours)
    load = 900 + 150 * np.sin(np.arange(hours) / 24 * 2 * np.pi) - 9 * heat
    frame = pd.DataFrame(
        {
            "timestamp": time,
            "load_mw": np.round(load + random.normal(0, 20, hours), 1),
            "temperature": np.round(heat, 2),
            "holiday": (time.day_of_week >= 5).astype(int),
        }
    )
    _csv(frame, _folder(folder) / "energy.csv")


WORDS = {
    "pos": "great lovely excellent happy perfect quick friendly warm clean brilliant".split(),
    "neg": "awful broken slow rude dirty terrible late cold noisy disappointing".split(),
    "any": "hotel room staff breakfast phone delivery price city the a was and very it".split(),
}


def reviews(folder: Path) -> None:
    """Write `data/reviews.csv`: labelled texts, some in another language, some empty."""
    random = np.random.default_rng(51)
    rows = 900
    texts, labels = [], []
    for _ in range(rows):
        label = "pos" if random.random() < 0.55 else "neg"
        words = list(random.choice(WORDS["any"], 9)) + list(random.choice(WORDS[label], 2))
        words += list(random.choice(WORDS["pos" if label == "neg" else "neg"], 1))
        random.shuffle(words)
        texts.append(" ".join(words) if random.random() > 0.03 else "")
        labels.append(label)
    frame = pd.DataFrame(
        {
            "review_id": np.arange(rows) + 1,
            "language": random.choice(["en", "de"], rows, p=[0.85, 0.15]),
            "stars": [
                int(random.integers(3, 6) if x == "pos" else random.integers(1, 4)) for x in labels
            ],
            "text": texts,
            "label": labels,
        }
    )
    _csv(frame, _folder(folder) / "reviews.csv")


def digits(folder: Path) -> None:
    """Write `data/shapes.npz`: images of three shapes, their labels, and who drew them."""
    random = np.random.default_rng(61)
    shapes = np.zeros((3, 8, 8))
    shapes[0, 1:7, 3:5] = 12
    shapes[1, 3:5, 1:7] = 12
    shapes[2, 2:6, 2:6] = 12
    labels = random.integers(0, 3, 600)
    images = shapes[labels] + random.normal(0, 3, (600, 8, 8))
    np.savez(
        _folder(folder) / "shapes.npz",
        images=images.clip(0, 16).astype(np.float32),
        labels=labels,
        writers=random.integers(0, 20, 600),
    )


def houses(folder: Path) -> None:
    """Write `data/houses.csv`: prices of houses, with gaps."""
    random = np.random.default_rng(71)
    rows = 1000
    area = np.round(random.gamma(9, 14, rows), 1)
    year = random.integers(1900, 2024, rows)
    heating = random.choice(["gas", "electric", "heat pump", ""], rows, p=[0.5, 0.2, 0.2, 0.1])
    place = random.choice(["centre", "hill", "river", "harbour"], rows)
    price = 1500 * area + 400 * (year - 1900) + np.where(place == "centre", 60_000, 0)
    frame = pd.DataFrame(
        {
            "Id": np.arange(rows) + 1,
            "area": area,
            "rooms": np.maximum(1, (area / 25 + random.normal(0, 0.7, rows)).astype(int)),
            "year_built": year,
            "garage": _holes(random, random.integers(0, 3, rows), 0.15),
            "neighbourhood": place,
            "heating": np.where(heating == "", None, heating),
            "lot_area": _holes(random, np.round(random.gamma(4, 120, rows), 0), 0.1),
            "agent": [f"agent {i}" for i in random.integers(0, 30, rows)],
            "price": np.round(price + random.normal(0, 20_000, rows), -2),
        }
    )
    _csv(frame, _folder(folder) / "houses.csv")


def patients(folder: Path) -> None:
    """Write `data/patients.csv`: several visits of each patient."""
    random = np.random.default_rng(81)
    rows = 1000
    person = random.integers(0, 220, rows)
    base = random.normal(0, 1, 220)[person]
    glucose = np.round(105 + 18 * base + random.normal(0, 9, rows), 1)
    bmi = np.round(26 + 3 * base + random.normal(0, 2, rows), 2)
    frame = pd.DataFrame(
        {
            "patient": [f"P{i:03d}" for i in person],
            "visit": pd.Timestamp("2022-01-01")
            + pd.to_timedelta(random.integers(0, 700, rows), unit="D"),
            "age": 30 + (person % 50),
            "bmi": bmi,
            "glucose": glucose,
            "pressure": np.round(random.normal(125, 14, rows), 0),
            "insulin": _holes(random, np.round(random.gamma(4, 20, rows), 1), 0.3),
            "diabetic": (glucose + random.normal(0, 8, rows) > 120).astype(int),
        }
    )
    _csv(frame, _folder(folder) / "patients.csv")


def features(folder: Path) -> None:
    """Write `data/features/{profile,activity,payments}.parquet` and `data/labels.parquet`."""
    random = np.random.default_rng(91)
    store = folder / "data/features"
    store.mkdir(parents=True, exist_ok=True)
    users = np.arange(1000, 1800)
    profile = pd.DataFrame(
        {
            "user_id": random.permutation(users),
            "country": random.choice(["es", "pt", "se"], 800),
            "account_age": random.integers(1, 3000, 800),
            "device": random.choice(["ios", "android", "web"], 800),
        }
    )
    months = pd.to_datetime(["2024-01-31", "2024-02-29", "2024-03-31"])
    activity = pd.DataFrame(
        {
            "user_id": np.repeat(users, 3),
            "event_timestamp": np.tile(months, 800),
            "sessions": random.poisson(12, 2400),
            "minutes": np.round(random.gamma(3, 30, 2400), 1),
        }
    )
    paying = random.choice(users, 600, replace=False)
    payments = pd.DataFrame(
        {
            "user_id": paying,
            "total": np.round(random.gamma(2, 40, 600), 2),
            "refunds": random.poisson(0.4, 600),
            "card_brand": random.choice(["v", "m"], 600),
        }
    )
    minutes = activity.groupby("user_id")["minutes"].mean().loc[users].to_numpy()
    asked = random.permutation(users)[:700]
    chance = 1 / (1 + np.exp(3 - minutes[asked - 1000] / 30))
    labels = pd.DataFrame(
        {
            "user_id": asked,
            "event_timestamp": months[random.integers(0, 3, 700)],
            "subscribed": (random.random(700) < chance).astype(int),
        }
    )
    profile.to_parquet(store / "profile.parquet", index=False)
    activity.to_parquet(store / "activity.parquet", index=False)
    payments.to_parquet(store / "payments.parquet", index=False)
    labels.to_parquet(folder / "data/labels.parquet", index=False)


def clicks(folder: Path) -> None:
    """Write `data/clicks.jsonl`: one line for each event of a web site, and `data/buyers.csv`."""
    random = np.random.default_rng(101)
    rows = 2500
    users = random.integers(0, 250, rows)
    pages = random.choice(["home", "search", "item", "cart"], rows, p=[0.35, 0.3, 0.25, 0.1])
    seconds = np.round(random.gamma(2, 20, rows), 1)
    start = pd.Timestamp("2024-09-01")
    with (_folder(folder) / "clicks.jsonl").open("w", encoding="utf-8") as out:
        for i in range(rows):
            event = {
                "ts": (start + pd.Timedelta(minutes=7 * i)).isoformat(),
                "user": f"u{users[i]:03d}",
                "page": str(pages[i]),
                "device": ["phone", "desktop"][int(users[i] % 2)],
                "seconds": float(seconds[i]),
                "bot": bool(users[i] % 41 == 0),
            }
            out.write(json.dumps(event) + "\n")
    carts = np.bincount(users, weights=pages == "cart", minlength=250)
    buyers = pd.DataFrame(
        {
            "user": [f"u{i:03d}" for i in range(250)],
            "bought": (carts + random.normal(0, 0.7, 250) > 1).astype(int),
        }
    )
    _csv(buyers.sample(frac=1, random_state=1), folder / "data/buyers.csv")


def trips(folder: Path) -> None:
    """Write `data/trips/<year>.parquet` for 2020 to 2023: rides of a taxi company."""
    random = np.random.default_rng(111)
    folder = folder / "data/trips"
    folder.mkdir(parents=True, exist_ok=True)
    for year, rows in ((2020, 400), (2021, 500), (2022, 600), (2023, 450)):
        distance = np.round(random.gamma(2, 3, rows), 2)
        frame = pd.DataFrame(
            {
                "trip_id": np.arange(rows) + year * 10_000,
                "pickup": pd.Timestamp(f"{year}-01-01")
                + pd.to_timedelta(np.sort(random.integers(0, 364 * 24, rows)), unit="h"),
                "distance": distance,
                "passengers": random.integers(0, 6, rows),
                "tip": np.round(random.gamma(1, 2, rows), 2),
                "fare": np.round(3 + 1.8 * distance + random.normal(0, 1, rows), 2),
            }
        )
        frame.to_parquet(folder / f"{year}.parquet", index=False)


def transactions(folder: Path) -> None:
    """Write `data/transactions.csv`: 20,000 card payments, few of them fraud."""
    random = np.random.default_rng(121)
    rows = 20_000
    amount = np.round(random.lognormal(3.2, 1.1, rows), 2)
    hour = random.integers(0, 24, rows)
    distance = np.round(random.exponential(12, rows), 2)
    risk = 0.7 * np.log(amount) + 0.03 * distance + 0.9 * (hour < 5) - 7
    frame = pd.DataFrame(
        {
            "tx_id": np.arange(rows),
            "card": random.integers(0, 3000, rows),
            "amount": amount,
            "hour": hour,
            "distance_km": distance,
            "merchant": random.choice(["food", "fuel", "travel", "online"], rows),
            "currency": random.choice(["EUR", "USD"], rows, p=[0.9, 0.1]),
            "fraud": (random.random(rows) < 1 / (1 + np.exp(-risk))).astype(int),
        }
    )
    _csv(frame, _folder(folder) / "transactions.csv")


def wine(folder: Path) -> None:
    """Write `data/wine.txt`: numbers without a header; the last column is the class."""
    random = np.random.default_rng(131)
    kind = random.integers(0, 3, 450)
    table = random.normal(0, 1, (450, 6)) + kind[:, None] * [1.2, 0, -0.8, 0.5, 0, 0.3]
    np.savetxt(
        _folder(folder) / "wine.txt", np.column_stack([table, kind]), fmt=["%.4f"] * 6 + ["%d"]
    )


def spectra(folder: Path) -> None:
    """Write `data/spectra.npy` (500 x 12) and `data/water.npy` (500 x 1)."""
    random = np.random.default_rng(141)
    hidden = random.normal(0, 1, (500, 3))
    table = hidden @ random.normal(0, 1, (3, 12)) + random.normal(0, 0.2, (500, 12))
    np.save(_folder(folder) / "spectra.npy", table)
    np.save(folder / "data/water.npy", hidden[:, :1] * 2 + 5 + random.normal(0, 0.1, (500, 1)))
