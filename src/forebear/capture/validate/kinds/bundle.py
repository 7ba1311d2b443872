"""Python files with a function `predict`, and folders with a `predict.py`: a prompt with its tools.

The folder is the model: its digest covers prompt, tools and code alike. `predict(frame)` gets the
rows, and `predict(frame, folder)` where it was saved besides.
"""

from __future__ import annotations

import ast
import importlib.util
import inspect
import sys
from pathlib import Path
from typing import Any

from forebear.capture.validate.kinds.estimators import of_object
from forebear.capture.validate.predictor import Predictor, Source
from forebear.core.errors import ModelFailed

__all__ = ["ORDER", "claims", "open"]

ORDER = 63


def claims(source: Source) -> bool:
    """Tell whether there is such code."""
    return _code(source) is not None


def open(source: Source) -> Predictor:
    """Import the code, and return what calls its `predict`.

    Raises:
        ModelFailed: it cannot be imported, or has none.
    """
    code = _code(source)
    assert code is not None
    if not _defines_predict(code):  # a script that was named by mistake must not run
        raise ModelFailed(f"{_called(code, source)} has no function `predict`.")
    predict = _imported(code, source).predict
    if not callable(predict):
        raise ModelFailed(f"`predict` of {_called(code, source)} is no function.")
    if len(inspect.signature(predict).parameters) > 1:
        return of_object(lambda frame: predict(frame, code.parent), source)
    return of_object(predict, source)


def _code(source: Source) -> Path | None:
    path = source.path
    if path is None:
        return None
    if path.is_dir():
        return path / "predict.py" if (path / "predict.py").is_file() else None
    return path if path.suffix == ".py" else None


def _called(code: Path, source: Source) -> str:
    return code.name if code.name == source.title else f"{code.name} of {source.title}"


def _defines_predict(code: Path) -> bool:
    """Tell whether the module gives something that name, without running it."""
    try:
        body = ast.parse(code.read_bytes()).body
    except (OSError, SyntaxError, ValueError):
        return True  # importing it says what is wrong
    names: set[str] = set()
    for one in body:
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(one.name)
        elif isinstance(one, ast.Assign):
            names |= {target.id for target in one.targets if isinstance(target, ast.Name)}
        elif isinstance(one, ast.ImportFrom | ast.Import):
            names |= {alias.asname or alias.name for alias in one.names}
    return "predict" in names


def _imported(code: Path, source: Source) -> Any:
    spec = importlib.util.spec_from_file_location(f"forebear_model_{code.stem}", code)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(code.parent))
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise ModelFailed(
            f"{_called(code, source)} cannot be imported ({type(error).__name__}: {error})."
        ) from error
    finally:
        sys.path.remove(str(code.parent))
    return module
