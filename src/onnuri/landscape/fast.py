"""The compiled twins of `sums.py` and of the pairs in `twins.py`: the same whole numbers, many times faster.

Loaded for large conversations only, where Numba is installed (`onnuri[fast]`). Compiled once on a machine and kept.
Inner loops run over small rows of equal length and never branch on a vote, so that they become vector instructions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]


@njit(cache=True, nogil=True)
def by_person(starts: Array, column: Array, value: Array, table: Array, out: Array) -> None:
    """Add to `out` (people, w) the rows of `table` (3: X, pass, O; statements; w) that each person's votes name."""
    wide = table.shape[2]
    own = np.zeros(wide, dtype=np.int64)
    for i in range(len(starts) - 1):
        own[:] = 0
        for at in range(starts[i], starts[i + 1]):
            answer, c = value[at] + 1, column[at]
            for j in range(wide):
                own[j] += table[answer, c, j]
        for j in range(wide):
            out[i, j] = own[j]


@njit(cache=True, nogil=True)
def by_statement(starts: Array, column: Array, value: Array, own: Array, told: int, out: Array) -> None:
    """Add to `out` (statements, w) each voter's row of `own` (people, w); X turns the sign from column `told` on."""
    wide = own.shape[1]
    row = np.zeros((3, wide), dtype=np.int64)
    for i in range(len(starts) - 1):
        for j in range(wide):
            row[2, j] = own[i, j]
            row[0, j] = own[i, j] if j < told else -own[i, j]
        for at in range(starts[i], starts[i + 1]):
            answer, c = value[at] + 1, column[at]
            for j in range(wide):
                out[c, j] += row[answer, j]


@njit(cache=True, nogil=True)
def count_by_place(starts: Array, column: Array, value: Array, place: Array, weight: Array, out: Array) -> None:
    """Add to `out` (places, statements, 3) the weight of each vote."""
    for i in range(len(starts) - 1):
        if place[i] >= 0:
            for at in range(starts[i], starts[i + 1]):
                out[place[i], column[at], value[at] + 1] += weight[i]


@njit(cache=True, nogil=True)
def own_gain(starts: Array, column: Array, value: Array, cell: Array, gain: Array) -> tuple[Array, Array]:
    """(people,) twice: what matching each person's opinions would be worth together, and how many they are."""
    total = np.zeros(len(starts) - 1)
    told = np.zeros(len(starts) - 1, dtype=np.int64)
    for i in range(len(starts) - 1):
        for at in range(starts[i], starts[i + 1]):
            x = value[at]
            if x != 0:
                total[i] += gain[cell[i], column[at], (x + 1) >> 1]
                told[i] += 1
    return total, told


@njit(cache=True, nogil=True)
def pairs(  # noqa: PLR0913, PLR0917
    starts: Array,
    column: Array,
    value: Array,
    cell: Array,
    gain: Array,
    who: Array,
    worth: Array,
    begin: Array,
    slip: int,
    references: int,
    least: Array,
) -> tuple[Array, Array, Array, Array]:
    """Person, reference, worth and number of their common answers, for every pair that is worth more than `least`.

    `who` and `worth` list the references who told something of a statement: of statement s, X from begin[s, 0], O from
    begin[s, 1] to begin[s + 1, 0]. Worth and number share one integer, so that a common answer is one addition.
    """
    one = 1 << 40
    both = np.empty(references, dtype=np.int64)
    found = np.empty((4, 1024), dtype=np.int64)
    n = 0
    for i in range(len(starts) - 1):
        both[:] = 0
        for at in range(starts[i], starts[i + 1]):
            x = value[at]
            if x != 0:
                stance = (x + 1) >> 1
                s = column[at]
                own = one + gain[cell[i], s, stance]
                middle = begin[s, 1]
                first, last = (middle, begin[s + 1, 0]) if stance else (begin[s, 0], middle)
                for e in range(first, last):
                    both[who[e]] += own + worth[e]
                first, last = (begin[s, 0], middle) if stance else (middle, begin[s + 1, 0])
                for e in range(first, last):
                    both[who[e]] += one + slip
        for j in range(references):
            common = (both[j] + (one >> 1)) >> 40
            total = both[j] - (common << 40)
            if total > least[common]:
                if n == found.shape[1]:
                    grown = np.empty((4, 2 * n), dtype=np.int64)
                    grown[:, :n] = found
                    found = grown
                found[0, n], found[1, n], found[2, n], found[3, n] = i, j, total, common
                n += 1
    return found[0, :n], found[1, :n], found[2, :n], found[3, :n]
