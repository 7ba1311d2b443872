import threading

import pytest

from forebear.engines import threads
from forebear.engines.threads import spread


def test_order_is_kept_on_one_thread_and_on_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads.os, "cpu_count", lambda: 4)
    used = set()

    def double(number: int) -> int:
        used.add(threading.current_thread().name)
        return number * 2

    expected = [number * 2 for number in range(50)]
    assert spread(double, range(50), parallel=False) == expected
    assert used == {"MainThread"}
    assert spread(double, range(50), parallel=True) == expected
    assert any(name.startswith("forebear-digest") for name in used)
    assert spread(double, [], parallel=True) == []


@pytest.mark.parametrize("parallel", [True, False])
def test_errors_are_raised(parallel: bool) -> None:
    with pytest.raises(ZeroDivisionError):
        spread(lambda number: 1 // number, [1, 0, 1], parallel=parallel)
