"""What every kind of model becomes for validation: rows in, predictions out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from msgspec import Struct, structs

from forebear.core.errors import InvalidInput, Unreadable
from forebear.core.validation import Task
from forebear.plugins import load_folder

__all__ = ["Answer", "Predictor", "Source", "first_sentence", "open_model"]

_HEAD: Final = 4096


class Answer(Struct, frozen=True, kw_only=True):
    """What a model says of some rows."""

    predicted: Any
    """A label or a value for each row."""
    scores: Any = None
    """Rows by classes."""
    classes: Sequence[object] | None = None
    """What the columns of the scores stand for."""
    probabilities: bool = True
    """The scores of a row are probabilities."""
    low: Any = None
    high: Any = None

    def take(self, rows: Any) -> Answer:
        """Return the answer for some rows, by their numbers, in that order."""
        import numpy as np

        def some(values: Any) -> Any:
            if values is None:
                return None
            return values[rows] if isinstance(values, np.ndarray) else [values[i] for i in rows]

        names = ("predicted", "scores", "low", "high")
        return structs.replace(self, **{name: some(getattr(self, name)) for name in names})


class Predictor(Struct, frozen=True, kw_only=True):
    """A model that is ready to be asked."""

    predict: Callable[[Any], Answer]
    """Takes a pandas frame of features."""
    kind: str
    """What answers call this kind of model."""
    task: Task | None = None
    """What it is for, where it says so."""
    features: list[str] | None = None
    """The columns it wants, in their order; None for all that are not the answer."""
    repeatable: bool = True
    """It can be asked of other rows than those of the test data."""
    nameless: bool = False
    """It knows no names of columns."""
    notes: list[str] = []


class Source(Struct, frozen=True, kw_only=True):
    """Where a model is, and how the caller wants it to be asked."""

    title: str
    path: Path | None = None
    """The file or folder that holds it."""
    content: bytes | None = None
    """Its bytes, where no file has them any more."""
    format: str | None = None
    ref: str = ""
    object: Any = None
    callable: str | None = None
    command: str | None = None
    endpoint: str | None = None
    predictions: Path | None = None
    features: list[str] = []
    """The columns that it learned from, where that is recorded."""
    send: str = "csv"
    """How a command is given rows: csv or jsonl."""
    headers: dict[str, str] = {}
    """What a service is told beside the rows: who asks."""
    limit: float | None = None
    """Seconds that it may take to answer, where somebody said so."""
    trusted: bool = False
    """Whoever asks trusts its maker: what runs code when it is loaded may be loaded."""

    @property
    def timeout(self) -> float:
        """Seconds that a command or a service may take."""
        return 60.0 if self.limit is None else self.limit

    @property
    def head(self) -> bytes:
        """The first bytes of the model; none where it is no file."""
        if self.content is not None:
            return self.content[:_HEAD]
        if self.path is None or not self.path.is_file():
            return b""
        with self.path.open("rb") as file:
            return file.read(_HEAD)

    @property
    def forms(self) -> set[str]:
        """What it may be: the ending of the file without its dot, and the recorded format."""
        ending = self.path.suffix.lstrip(".").lower() if self.path is not None else ""
        return {ending, (self.format or "").lower()} - {""}

    def read(self) -> bytes:
        """Return the bytes of the model.

        Raises:
            Unreadable: they cannot be read.
        """
        if self.content is not None:
            return self.content
        if self.path is None:
            raise Unreadable(f"The bytes of {self.title} are not kept.")
        try:
            return self.path.read_bytes()
        except OSError as error:
            raise Unreadable(f"{self.path} cannot be read: {error.strerror}.") from error


def first_sentence(error: BaseException) -> str:
    """Return what an error of somebody else's says first: libraries go on with advice.

    >>> first_sentence(ValueError("Input X contains NaN.\nLogisticRegression does not …"))
    'Input X contains NaN'
    """
    said = " ".join(str(error).split())
    return said.split(". ")[0][:300].rstrip(".")


def open_model(source: Source) -> Predictor:
    """Return what asks the model, by the first kind that knows it.

    A kind is a file in `kinds/` with `ORDER`, `claims(source)` and `open(source)`.

    Raises:
        InvalidInput: no kind knows it.
        ModelFailed: it cannot be loaded.
    """
    kinds = sorted(load_folder("forebear.capture.validate.kinds"), key=lambda kind: kind.ORDER)
    for kind in kinds:
        if kind.claims(source):
            found: Predictor = kind.open(source)
            return found
    raise InvalidInput(
        f"How to ask {source.title} for predictions is not known.",
        hint="Say it: --callable module:function, --command, --endpoint or --predictions FILE.",
    )
