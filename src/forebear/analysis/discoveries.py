"""Several tests at once: how many of their findings may be false.

>>> [round(p, 3) for p in adjusted([0.01, 0.02, 0.5])]
[0.03, 0.03, 0.5]
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["adjusted"]


def adjusted(ps: Sequence[float]) -> list[float]:
    """Return p-values after Benjamini and Hochberg (1995), in the order in which they came.

    Of findings with such a value below 0.05 no more than one in twenty is expected to be false.
    """
    import numpy as np

    n = len(ps)
    if n == 0:
        return []
    values = np.asarray(ps, dtype=float)
    order = np.argsort(values)
    stepped = values[order] * n / np.arange(1, n + 1)
    found = np.empty(n)
    found[order] = np.minimum.accumulate(stepped[::-1])[::-1].clip(max=1.0)
    return [float(one) for one in found]
