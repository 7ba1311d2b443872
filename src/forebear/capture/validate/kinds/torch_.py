"""Models of PyTorch: TorchScript and exported programs; pickled modules where they are trusted.

A module that `torch.save` wrote is a pickle, and runs code of its maker's choice when it is
loaded. So it is loaded only by who says `--trust`.
"""

from __future__ import annotations

import io
import zipfile
from typing import Any, Final

from forebear.capture.validate.natives import asking, library, loaded, of_scores
from forebear.capture.validate.predictor import Answer, Predictor, Source
from forebear.core.errors import InvalidInput, ModelFailed

__all__ = ["ORDER", "claims", "open"]

ORDER = 62
_ENDINGS: Final = frozenset({"pt", "pth", "pt2", "torch", "torchscript"})


def claims(source: Source) -> bool:
    """Tell whether it is a file of that kind."""
    return bool(source.forms & _ENDINGS)


def open(source: Source) -> Predictor:
    """Load the model, and return what asks it.

    Raises:
        InvalidInput: torch is not installed, the file holds weights only, or would run code.
        ModelFailed: it cannot be loaded.
    """
    torch = library("torch", source)
    with loaded(source, "torch"):
        module, kind = _module(torch, source)

    def predict(frame: Any) -> Answer:
        rows = torch.from_numpy(frame.to_numpy(dtype="float32"))
        with torch.inference_mode():
            said = module(rows)
        if not isinstance(said, torch.Tensor):
            raise ModelFailed(f"{source.title} answers with a {type(said).__name__}, no tensor.")
        return of_scores(said.cpu().numpy())

    return Predictor(predict=asking(source, predict), kind=kind, features=source.features or None)


def _module(torch: Any, source: Source) -> tuple[Any, str]:
    body = source.read()
    names = _names(body)
    if any(name.endswith("/archive_format") or name == "archive_format" for name in names):
        return torch.export.load(io.BytesIO(body)).module(), "exported PyTorch program"
    if any("/code/" in name for name in names):
        return torch.jit.load(io.BytesIO(body), map_location="cpu").eval(), "TorchScript module"
    try:
        found = torch.load(io.BytesIO(body), map_location="cpu", weights_only=True)
    except Exception as error:
        if not source.trusted:
            raise InvalidInput(
                f"{source.title} is a pickled module, which runs code of its maker when loaded.",
                hint="`--trust` loads it. Or export it: torch.jit.save, torch.export.save, ONNX.",
            ) from error
        found = torch.load(io.BytesIO(body), map_location="cpu", weights_only=False)
    if not callable(found):
        raise InvalidInput(
            f"{source.title} holds weights, and not the network that they belong to.",
            hint="Say how to ask it: --callable module:function loads them into the network.",
        )
    return found.eval(), type(found).__name__


def _names(body: bytes) -> list[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return archive.namelist()
    except zipfile.BadZipFile:
        return []
