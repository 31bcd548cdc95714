"""Groups keep name, colour and place from one picture to the next; which people belong together is not touched."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment

from onnuri.landscape.landscape import Landscape, index_of
from onnuri.landscape.space import procrustes
from onnuri.vocabulary import GROUP_COUNT, NOT_PLACED

if TYPE_CHECKING:
    from numpy.typing import NDArray


def named_after(landscape: Landscape, previous: Landscape) -> Landscape:
    """Give each group the lasting id of the former group it shares most people with, and turn the picture."""
    both = np.intersect1d(landscape.participants, previous.participants)
    now = index_of(landscape.participants, both)
    then = index_of(previous.participants, both)
    shared = np.zeros((landscape.k, previous.k))
    for one, two in zip(landscape.assignment[now], previous.assignment[then], strict=True):
        if NOT_PLACED not in {one, two}:
            shared[one, two] += 1
    ids = _matched_ids(shared, previous.group_ids)
    old = np.column_stack([previous.x[then], previous.y[then]])
    new = np.column_stack([landscape.x, landscape.y])
    turned = new @ procrustes(new[now], old) if len(both) else new
    return replace(landscape, group_ids=ids, x=np.round(turned[:, 0], 6), y=np.round(turned[:, 1], 6))


def _matched_ids(shared: NDArray[np.float64], former: tuple[int, ...]) -> tuple[int, ...]:
    rows, columns = linear_sum_assignment(-shared)
    taken = {int(r): former[c] for r, c in zip(rows, columns, strict=True) if shared[r, c] > 0}
    free = [i for i in range(1, GROUP_COUNT + 1) if i not in taken.values()]
    return tuple(taken.get(g) or free.pop(0) for g in range(shared.shape[0]))
