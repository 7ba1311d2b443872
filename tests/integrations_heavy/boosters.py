"""One small job with data from files, and what its record must hold whichever library trains."""

import numpy as np
import pandas as pd

ROWS = 200


def write_data(folder):
    rng = np.random.default_rng(7)
    frame = pd.DataFrame(rng.normal(size=(ROWS, 3)), columns=list("abc"))
    frame["y"] = (frame["a"] + frame["b"] > 0).astype(int)
    frame[:150].to_csv(folder / "train.csv", index=False)
    frame[150:].to_csv(folder / "test.csv", index=False)


def read_data():
    train, test = pd.read_csv("train.csv"), pd.read_csv("test.csv")
    return train[["a", "b", "c"]], train["y"], test[["a", "b", "c"]], test["y"]


def roles(record, step):
    """The roles of what a step used, with the files that each comes from."""
    found = set()
    for link in step.used:
        files = {name for name in record.ancestors(link.artifact) if name.endswith(".csv")}
        found.add((link.role, ", ".join(sorted(files))))
    return found
