import pytest

from server.access.house import House


@pytest.fixture
def house(store):
    """A server with accounts over a store with a trained model in it."""
    with House(store) as house:
        yield house
