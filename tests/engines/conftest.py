"""What the tests of the engines share."""

from collections.abc import Iterator

import pytest

from forebear.engines import profile_numbers, profile_texts
from forebear.engines.profile_loops import load


@pytest.fixture(scope="module", params=["compiled", "numpy"])
def way(request: pytest.FixtureRequest) -> Iterator[str]:
    """Count by the compiled loops, then by NumPy alone."""
    if request.param == "compiled":
        if load() is None:
            pytest.skip("forebear was built without a C compiler: there are no compiled loops")
        yield request.param
        return
    with pytest.MonkeyPatch.context() as patch:
        for module in (profile_numbers, profile_texts):
            patch.setattr(module, "load", lambda: None)
        yield request.param
