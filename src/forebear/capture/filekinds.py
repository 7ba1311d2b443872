"""What a file most likely holds, by its name."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from forebear.core.entities import ArtifactKind

__all__ = ["holds_table", "kind_of_file"]

_DATA: Final = frozenset(
    ".csv .tsv .json .jsonl .ndjson .parquet .feather .arrow .ipc .avro .orc .npy .npz .h5 .hdf5"
    " .xlsx .xls .txt .tfrecord .sqlite .db .duckdb .mat .gz .bz2 .zst .xz .zip".split()
)
_TABLES: Final = frozenset(
    ".csv .tsv .jsonl .ndjson .parquet .feather .arrow .ipc .avro .orc .xlsx .xls".split()
)
_MODELS: Final = frozenset(
    ".pkl .pickle .joblib .skops .onnx .pt .pth .ckpt .safetensors .keras .cbm .ubj .gguf".split()
)


def kind_of_file(path: Path) -> ArtifactKind:
    """Return what a file most likely holds; readers that know better say so.

    >>> kind_of_file(Path("raw.csv.gz")), kind_of_file(Path("net.onnx")), kind_of_file(Path("log"))
    ('data', 'model', 'file')
    """
    endings = {ending.lower() for ending in path.suffixes[-2:]}
    if endings & _MODELS:
        return "model"
    return "data" if endings & _DATA else "file"


def holds_table(path: Path) -> bool:
    """Tell whether a file, or all that a folder has, is called as tables are.

    >>> holds_table(Path("raw.csv.gz")), holds_table(Path("booster.json"))
    (True, False)
    """
    files = [one for one in path.rglob("*") if one.is_file()] if path.is_dir() else [path]
    endings = ({ending.lower() for ending in one.suffixes[-2:]} for one in files)
    return bool(files) and all(one & _TABLES for one in endings)
