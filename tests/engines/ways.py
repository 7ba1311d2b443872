"""Counting by NumPy alone, as where forebear was built without a C compiler."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from forebear.engines import profile_columns, profile_hashes, profile_numbers, profile_texts


@contextmanager
def by_numpy() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for module in (profile_columns, profile_hashes, profile_numbers, profile_texts):
            patch.setattr(module, "load", lambda: None)
        yield
