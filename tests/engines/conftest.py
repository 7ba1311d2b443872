"""What the tests of the engines share."""

from collections.abc import Iterator

import pytest
from ways import by_numpy

from forebear.engines.profile_loops import load


@pytest.fixture(scope="module", params=["compiled", "numpy"])
def way(request: pytest.FixtureRequest) -> Iterator[None]:
    """Count by the compiled loops, then by NumPy alone."""
    if request.param == "numpy":
        with by_numpy():
            yield
    elif load() is None:
        pytest.skip("forebear was built without a C compiler: there are no compiled loops")
    else:
        yield
