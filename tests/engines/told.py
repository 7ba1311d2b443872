"""What a table is told to be, in few words."""

from typing import Any

import numpy as np
import pandas as pd

from forebear.engines.tables import Fingerprint, fingerprint


def look(table: Any) -> Fingerprint:
    found = fingerprint(table)
    assert found is not None
    return found


def digest(table: Any) -> str:
    found = look(table)
    assert found.gaps == []
    return found.digest


def column(values: Any) -> tuple[str, str | None]:
    """Return type and digest of a lone column."""
    (only,) = look(values).columns
    return only.type, only.digest


def objects(values: list[Any]) -> pd.Series:
    cells = np.empty(len(values), dtype=object)
    for i, value in enumerate(values):
        cells[i] = value
    return pd.Series(cells, dtype=object)
