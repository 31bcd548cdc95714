"""How far two groupings of the same people agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def adjusted_rand(first: ArrayLike, second: ArrayLike) -> float:
    """Adjusted Rand index: 1 the same grouping, about 0 by chance. Hubert & Arabie 1985, J. Classif. 2.

    >>> adjusted_rand([0, 0, 1, 1], [1, 1, 0, 0])
    1.0
    """
    one = np.unique(np.asarray(first), return_inverse=True)[1]
    two = np.unique(np.asarray(second), return_inverse=True)[1]
    table = np.zeros((one.max(initial=-1) + 1, two.max(initial=-1) + 1), dtype=np.int64)
    np.add.at(table, (one, two), 1)
    together = _pairs(table)
    in_first, in_second = _pairs(table.sum(axis=1)), _pairs(table.sum(axis=0))
    every = _pairs(np.array([len(one)]))
    expected = in_first * in_second / every if every else 0.0
    most = (in_first + in_second) / 2
    return 1.0 if most == expected else float((together - expected) / (most - expected))


def _pairs(counts: ArrayLike) -> int:
    counts = np.asarray(counts, dtype=np.int64)
    return int((counts * (counts - 1) // 2).sum())
