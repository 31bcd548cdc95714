"""The neighbourhood floor: how much support a statement has nearly everywhere, without any groups.

For every place, the cautious (Wilson lower) bound of the *observed* support among the nearest people who make up 15 %
of the weight; a statement's floor is the 5 % quantile of that over people. A brigade spoils only its own
neighbourhood, and the quantile leaves that share out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from onnuri.landscape.grid import WEIGHT_STEPS
from onnuri.landscape.sums import product
from onnuri.landscape.wilson import wilson

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from onnuri.landscape.cells import Cells

NEIGHBOURHOOD: Final = 0.15
EXCLUDED: Final = 0.05


@dataclass(frozen=True, eq=False)
class Floor:
    """`score` (statements,); `outside` (cells, statements) True where a cell lies below the score."""

    score: NDArray[np.float64]
    outside: NDArray[np.bool_]


def neighbourhood_floor(cells: Cells) -> Floor:
    """Score every statement; a pass counts in n."""
    statements = cells.counts.shape[1]
    if not cells.weight.sum():
        return Floor(np.zeros(statements), np.zeros((len(cells.weight), statements), dtype=bool))
    near = cells.near(NEIGHBOURHOOD)
    # Whole numbers in double precision: the products and sums are exact.
    agree = product(near, cells.counts[:, :, 2].astype(np.float64))
    n = product(near, cells.counts.sum(axis=2).astype(np.float64))
    lower = wilson(agree / WEIGHT_STEPS**2, n / WEIGHT_STEPS**2)[0]
    score = _quantile(lower, cells.weight)
    return Floor(score, (lower < score) & (cells.weight > 0)[:, None])


def _quantile(lower: NDArray[np.float64], weight: NDArray[np.int64]) -> NDArray[np.float64]:
    """The smallest value up to which more than 5 % of the weight lies: less than that is left out below it."""
    order = np.argsort(lower, axis=0)
    reached = np.cumsum(weight[order], axis=0) > EXCLUDED * weight.sum()
    first = np.take_along_axis(order, reached.argmax(axis=0)[None, :], axis=0)
    # Equal values are left out together or not at all, so their order is irrelevant.
    found: NDArray[np.float64] = np.take_along_axis(lower, first, axis=0)[0]
    return found
