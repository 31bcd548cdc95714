"""Wilson's score interval, one-sided at 90 %."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Z: Final = 1.2816
"""The 90 % quantile of the normal distribution: one-sided 90 % bounds."""


def wilson(count: ArrayLike, n: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lower and upper bound of a share, elementwise; (0, 1) where n = 0.

    (p + z^2/2n -+ z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n). Wilson 1927, JASA 22, 209-212.

    >>> low, high = wilson([8], [10])
    >>> round(float(low[0]), 3), round(float(high[0]), 3)
    (0.602, 0.914)
    """
    n = np.asarray(n, dtype=np.float64)
    some = np.maximum(n, 1)
    p = np.asarray(count, dtype=np.float64) / some
    middle = p + Z * Z / (2 * some)
    half = Z * np.sqrt(p * (1 - p) / some + Z * Z / (4 * some * some))
    scale = 1 + Z * Z / some
    low = np.where(n > 0, (middle - half) / scale, 0.0)
    high = np.where(n > 0, (middle + half) / scale, 1.0)
    return np.clip(low, 0, 1), np.clip(high, 0, 1)
