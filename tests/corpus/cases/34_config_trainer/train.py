"""Train what a configuration file says.

python train.py --config config.json
"""

from __future__ import annotations

import argparse
import json
import logging
from dataclasses import dataclass
from pathlib import Path

import joblib
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

log = logging.getLogger("trainer")


@dataclass(frozen=True)
class Config:
    source: str
    target: str
    features: list[str]
    min_age: int
    test_size: float
    seed: int
    model: dict
    output: str

    @classmethod
    def read(cls, path: str) -> Config:
        return cls(**json.loads(Path(path).read_text()))


@dataclass
class Dataset:
    X_train: pd.DataFrame
    X_test: pd.DataFrame
    y_train: pd.Series
    y_test: pd.Series


class Trainer:
    def __init__(self, config: Config):
        self.config = config
        self.model = RandomForestClassifier(random_state=config.seed, **config.model)

    def load(self) -> Dataset:
        c = self.config
        frame = pd.read_csv(c.source)
        frame = frame[frame["age"] >= c.min_age]
        parts = train_test_split(
            frame[c.features], frame[c.target], test_size=c.test_size, random_state=c.seed
        )
        return Dataset(*parts)

    def run(self) -> float:
        data = self.load()
        self.model.fit(data.X_train, data.y_train)
        print(f"train {len(data.X_train)} test {len(data.X_test)}")
        return self.model.score(data.X_test, data.y_test)

    def save(self) -> None:
        out = Path(self.config.output)
        out.parent.mkdir(parents=True, exist_ok=True)
        joblib.dump(self.model, out)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", required=True)
    logging.basicConfig(level=logging.INFO)
    trainer = Trainer(Config.read(parser.parse_args().config))
    log.info("accuracy %.3f", trainer.run())
    trainer.save()
