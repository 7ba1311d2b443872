"""What the tests of deep-learning libraries share: a small file of data, and recording."""

from contextlib import contextmanager

import numpy as np
import pandas as pd
from tests.capture.integrations.recording import recording

from forebear.capture.model_folders import settle_folders

ROWS = 120


@contextmanager
def recorded(folder):
    """Record what happens inside beside a file `points.csv`, to the end of the run."""
    random = np.random.default_rng(0)
    frame = pd.DataFrame(random.normal(size=(ROWS, 2)), columns=["a", "b"]).astype("float32")
    frame["t"] = (frame["a"] + frame["b"] > 0).astype("int64")
    frame.to_csv(folder / "points.csv", index=False)
    with recording(folder, in_order=False) as record:
        yield record
        record.session.settle()
        settle_folders(record.session)


def roles(record, step):
    """The roles of what a step uses, by label."""
    return {(record.label(link.artifact), link.role) for link in step.used}


def kinds(record, kind):
    return [step for step in record.steps if step.kind == kind]
