"""Cells of the opinion space and their neighbourhoods.

Up to 2,000 people everybody is a cell of their own. Beyond, people who stand together share one of 128 cells; sums over
a neighbourhood then cost the same for a hall and for a country.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from onnuri.landscape.grid import WEIGHT_STEPS
from onnuri.landscape.large import compiled
from onnuri.landscape.sums import count_by_place, for_each

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from onnuri.landscape.votes import Rows

MOST_OWN_CELLS: Final = 2000
CELLS: Final = 128
SAMPLE: Final = 4000
LLOYD_STEPS: Final = 5
AT_ONCE: Final = 256
"""People who are held against all cells together: what is between stays in the cache."""
AXES: Final = 4
"""The compiled twin is written for so many."""
COARSE: Final = 2.0**14
"""Places are compared on this grid: squared distances are whole numbers below 2^53, so they are exact."""


@dataclass(frozen=True, eq=False)
class Cells:
    """Weights in 1/64.

    `centre` (cells, d), whole numbers; `weight` (cells,); `counts` (cells, statements, 3): X, pass and O;
    `shared`: whether several people share a cell.
    """

    centre: NDArray[np.float64]
    weight: NDArray[np.int64]
    counts: NDArray[np.int64]
    shared: bool = False

    def near(self, share: float) -> NDArray[np.float64]:
        """(cells, cells): how much of each cell lies in the neighbourhood of each, in 1/64.

        The nearest cells until they hold `share` of all weight; a last one that is shared counts in part.
        """
        order = self._by_distance
        weight = self.weight[order]
        before = np.cumsum(weight, axis=1) - weight
        left = share * float(self.weight.sum()) - before
        part = np.clip(left / np.maximum(weight, 1), 0, 1)
        part = np.rint(part * WEIGHT_STEPS) if self.shared else np.ceil(part) * WEIGHT_STEPS
        found: NDArray[np.float64] = np.zeros(part.shape)
        np.put_along_axis(found, order, part, axis=1)
        return found

    @cached_property
    def _by_distance(self) -> NDArray[np.int64]:
        """(cells, cells): the cells from the nearest to the farthest, equal ones in their order."""
        apart = _squared_distances(self.centre, self.centre).astype(np.int64)
        digits = max(len(apart) - 1, 1).bit_length()
        # One sort of whole numbers with the index in the last digits: faster than sorting an index, and stable.
        key = (apart << digits) | np.arange(len(apart))
        key.sort(axis=1)
        found: NDArray[np.int64] = key & ((1 << digits) - 1)
        return found


def cells_of(place: NDArray[np.float64], weight: NDArray[np.int64], rows: Rows) -> tuple[Cells, NDArray[np.int64]]:
    """The cells of people, and the cell of each; people without weight only belong, they do not shape.

    Args:
        place: (people, d).
        weight: (people,) in 1/64.
        rows: their votes.
    """
    people = np.flatnonzero(weight > 0)
    # In the order of where people stand and what they said, not of their ids.
    people = people[np.lexsort((_said(rows)[people], *place[people].T[::-1]))]
    where = np.rint(place * COARSE)
    shared = len(people) > MOST_OWN_CELLS
    centre = _k_means(where[people], rows.size) if shared else where[people]
    member = _nearest(where, centre, rows.size)
    if not shared:
        member[people] = np.arange(len(people))
    counts = count_by_place(rows, np.where(weight > 0, member, -1), weight, len(centre))
    return Cells(centre, _weights(member, weight, len(centre)), counts, shared), member


def _said(rows: Rows) -> NDArray[np.float64]:
    """(people,): a number of what each said that hangs on no id: passes and gaps move nobody, but are not the same."""
    if (fast := compiled(rows.size)) is not None:
        here, one = np.zeros(rows.people, dtype=np.int64), np.ones(rows.people, dtype=np.int64)
        x, passed, o = count_by_place(rows, here, one, 1)[0].T
        said = np.empty((rows.people, 1), dtype=np.int64)
        table = np.arange(1, 4)[:, None] * (x + passed + o + rows.statements * o)
        for_each(rows, fast.by_person, (table[:, :, None],), said)
        return said[:, 0].astype(np.float64)
    row, column, value = rows.flat
    seen = np.bincount(column, minlength=rows.statements)
    liked = np.bincount(column[value > 0], minlength=rows.statements)
    mark = (seen + rows.statements * liked).astype(np.float64)
    return np.bincount(row, weights=(value + 2) * mark[column], minlength=rows.people).astype(np.float64)


def nearest(place: NDArray[np.float64], centre: NDArray[np.float64], votes: int) -> NDArray[np.int64]:
    """(people,): the cell each stands nearest to; `votes`: how many there are, which decides on the compiled twin."""
    return _nearest(np.rint(place * COARSE), centre, votes)


def _nearest(where: NDArray[np.float64], centre: NDArray[np.float64], votes: int) -> NDArray[np.int64]:
    found = np.zeros(len(where), dtype=np.int64)
    if not len(centre):
        return found
    # A person's own square is the same for every cell.
    squares, turned = (centre**2).sum(axis=1), -2 * centre.T
    if where.shape[1] == AXES and (fast := compiled(votes)) is not None:
        fast.nearest(where, np.ascontiguousarray(turned), squares, found)
        return found
    for begin in range(0, len(where), AT_ONCE):
        apart = where[begin : begin + AT_ONCE] @ turned
        apart += squares
        found[begin : begin + AT_ONCE] = apart.argmin(axis=1)
    return found


def _weights(member: NDArray[np.int64], weight: NDArray[np.int64], cells: int) -> NDArray[np.int64]:
    return np.bincount(member, weights=weight, minlength=cells).astype(np.int64)


def _k_means(where: NDArray[np.float64], votes: int) -> NDArray[np.float64]:
    """Centres by Lloyd's steps from people taken evenly along the order. Lloyd 1982, IEEE Trans. Inf. Theory 28."""
    where = where[np.linspace(0, len(where) - 1, min(len(where), SAMPLE)).astype(np.int64)]
    centre = where[np.linspace(0, len(where) - 1, CELLS).astype(np.int64)]
    for _ in range(LLOYD_STEPS):
        member = _nearest(where, centre, votes)
        size = np.bincount(member, minlength=CELLS)
        total = np.column_stack([np.bincount(member, weights=axis, minlength=CELLS) for axis in where.T])
        centre = np.where(size[:, None] > 0, np.rint(total / np.maximum(size, 1)[:, None]), centre)
    return centre


def _squared_distances(one: NDArray[np.float64], two: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, m). All are whole numbers below 2^53, so no order of the sums matters."""
    found = one @ (-2 * two.T)
    found += (two**2).sum(axis=1)
    found += (one**2).sum(axis=1)[:, None]
    return found
