"""Objects that the caller names as `module:name`, from installed modules or the working folder."""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from forebear.core.errors import InvalidInput

__all__ = ["imported", "module_file", "named"]

_NAMED: Final = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*):([A-Za-z_]\w*)")


def named(text: str) -> tuple[str, str] | None:
    """Return module and name of `module:name`.

    >>> named("pkg.model:predict"), named("churn:7")
    (('pkg.model', 'predict'), None)
    """
    found = _NAMED.fullmatch(text)
    return (found[1], found[2]) if found else None


def imported(text: str) -> Any:
    """Return what is meant by `module:name`.

    Raises:
        InvalidInput: it is written otherwise, is not there, or its module cannot be imported.
    """
    parts = named(text)
    if parts is None:
        raise InvalidInput(f"'{text}' is no function.", hint="Write it as module:function.")
    module, name = parts
    with _here():
        try:
            return getattr(importlib.import_module(module), name)
        except AttributeError:
            raise InvalidInput(f"Module {module} has no '{name}'.") from None
        except Exception as error:
            raise InvalidInput(
                f"Module {module} cannot be imported ({type(error).__name__}: {error}).",
                hint="It is looked for among installed modules and in the working folder.",
            ) from error


def module_file(text: str) -> Path | None:
    """Return the file of the module in `module:name`, importing no more than its parents."""
    parts = named(text)
    if parts is None:
        return None
    with _here():
        try:
            spec = importlib.util.find_spec(parts[0])
        except (ImportError, ValueError):
            return None
    return Path(spec.origin) if spec is not None and spec.has_location and spec.origin else None


@contextmanager
def _here() -> Iterator[None]:
    """While in here, modules in the working folder are found, as `python -m` finds them."""
    here = str(Path.cwd())
    sys.path.insert(0, here)
    try:
        yield
    finally:
        sys.path.remove(here)
