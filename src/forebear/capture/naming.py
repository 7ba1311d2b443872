"""Sensible names for what an unmodified script leaves behind; `forebear name` gives better ones."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from forebear.core.errors import InvalidInput
from forebear.core.refs import check_name

__all__ = ["name_for_data", "name_for_model"]

_GENERIC: Final = frozenset(
    "model models clf classifier reg regressor estimator est pipe pipeline best best_model"
    " final final_model trained trained_model fitted output out artifact artifacts weights"
    " checkpoint saved dump result results data dataset train main run script fit src code"
    " notebooks scripts bin build tmp temp".split()
)
_STAGES: Final = frozenset(
    "raw external landing interim intermediate staging stage clean cleaned cleansed processed"
    " preprocessed prepared curated transformed derived features work working bronze silver"
    " gold".split()
)
"""Folders by which people tell one state of the same data from another."""
_ENDINGS: Final = re.compile(
    r"(\.(csv|tsv|json|jsonl|ndjson|parquet|feather|arrow|pkl|pickle|joblib|skops|npy|npz|txt"
    r"|xlsx?|h5|hdf5|keras|onnx|pt|pth|safetensors|gz|bz2|zst|xz|zip|cbm|ubj))+\Z",
    re.IGNORECASE,
)


def name_for_data(path: Path) -> str | None:
    """Return the name for the data in a file: the file's name without its endings.

    Where the folder tells a state of the data it belongs to the name: what was cleaned is no
    later version of what is raw.

    >>> name_for_data(Path("data/adult.csv.gz")), name_for_data(Path("data/raw/adult.csv"))
    ('adult', 'raw-adult')
    """
    name, folder = _ENDINGS.sub("", path.name), path.parent
    staged = folder.name.lower() in _STAGES and folder != Path.cwd()
    return _as_name(f"{folder.name}-{name}" if staged else name)


def name_for_model(path: Path | None, script: str | None, estimator: str) -> str | None:
    """Return the name for a model: what its file, its folder or its script is called.

    Words that say nothing (`model.pkl`, `train.py`) are passed over; what is left at last is
    the name of the estimator.

    >>> name_for_model(Path("models/churn.joblib"), "train.py", "RandomForestClassifier")
    'churn'
    >>> name_for_model(Path("model.pkl"), "train.py", "RandomForestClassifier")
    'random-forest-classifier'
    """
    if path is not None:
        inside = path.parent.resolve() != Path.cwd()
        for word in (_ENDINGS.sub("", path.name), path.parent.name if inside else ""):
            if word and word.lower() not in _GENERIC:
                return _as_name(word)
    kebab = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", estimator).lower()
    stem = Path(script).stem if script else ""
    if stem and stem.lower() not in _GENERIC and not stem.startswith("-"):
        return _as_name(f"{stem}-{kebab}")
    return _as_name(kebab)


def _as_name(words: str) -> str | None:
    tidy = re.sub(r"[^\w.\-]+", "-", words).strip("-._")[:128]
    try:
        return check_name(tidy)
    except InvalidInput:
        return None
