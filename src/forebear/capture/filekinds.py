"""What a file most likely holds, by its name."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from forebear.core.entities import ArtifactKind

__all__ = ["kind_of_file"]

_DATA: Final = frozenset(
    ".csv .tsv .json .jsonl .ndjson .parquet .feather .arrow .ipc .avro .orc .npy .npz .h5 .hdf5"
    " .xlsx .xls .txt .tfrecord .sqlite .db .duckdb .mat .gz .bz2 .zst .xz .zip".split()
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
