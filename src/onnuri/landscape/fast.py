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


@njit(cache=True, nogil=True)
def count_twice(
    starts: Array, column: Array, value: Array, place: Array, weight: Array, order: Array, out: Array
) -> None:
    """Add to `out` (places, statements, 6) one for each vote, and its weight.

    People are taken in the `order` of their places, so that what is added to stays in the cache.
    """
    for i in order:
        if place[i] >= 0:
            for at in range(starts[i], starts[i + 1]):
                answer = value[at] + 1
                out[place[i], column[at], answer] += 1
                out[place[i], column[at], answer + 3] += weight[i]


@njit(cache=True, nogil=True)
def climb(  # noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917 - one loop, compiled
    precision: Array,
    pull: Array,
    weight: Array,
    share: Array,
    centre: Array,
    spread: Array,
    least_gain: float,
    iterations: int,
    step: float,
    floor: float,
    equal: bool,
) -> float:
    """Expectation-maximisation of one mixture in place, as `mixture._climb` does it; the answer is the likelihood."""
    n, d = pull.shape
    k = len(share)
    total = max(weight.sum(), 1.0)
    likelihood = -np.inf
    lower, flipped = np.zeros((d, d)), np.zeros((d, d))
    white, mean, chance = np.zeros((k, d)), np.zeros(d), np.zeros(k)
    for _ in range(iterations):
        inverse = np.linalg.inv(spread)
        log_spread = np.linalg.slogdet(spread)[1]
        pulled = centre @ inverse
        fixed = np.zeros(k)
        for g in range(k):
            for a in range(d):
                fixed[g] -= 0.5 * pulled[g, a] * centre[g, a]
            fixed[g] += np.log(share[g]) - 0.5 * log_spread
        mass, first, second, gained = np.zeros(k), np.zeros((k, d)), np.zeros((d, d)), 0.0
        for i in range(n):
            det = 1.0
            for a in range(d):
                for b in range(a + 1):
                    left = precision[i, a, b] + inverse[a, b]
                    for c in range(b):
                        left -= lower[a, c] * lower[b, c]
                    lower[a, b] = np.sqrt(left) if a == b else left / lower[b, b]
                det *= lower[a, a]
            for a in range(d):
                for b in range(a):
                    left = 0.0
                    for c in range(b, a):
                        left += lower[a, c] * flipped[c, b]
                    flipped[a, b] = -left / lower[a, a]
                flipped[a, a] = 1.0 / lower[a, a]
            most = -np.inf
            log_det = np.log(det)
            for g in range(k):
                square = 0.0
                for a in range(d):
                    z = 0.0
                    for b in range(a + 1):
                        z += flipped[a, b] * (pull[i, b] + pulled[g, b])
                    white[g, a] = z
                    square += z * z
                chance[g] = 0.5 * square - log_det + fixed[g]
                most = max(most, chance[g])
            together = 0.0
            for g in range(k):
                chance[g] = np.exp(chance[g] - most)
                together += chance[g]
            gained += weight[i] * (most + np.log(together))
            for g in range(k):
                own = np.rint(chance[g] / together / step) * step * weight[i]
                mass[g] += own
                for a in range(d):
                    mean[a] = 0.0
                    for c in range(a, d):
                        mean[a] += flipped[c, a] * white[g, c]
                    first[g, a] += own * mean[a]
                    for b in range(a + 1):
                        second[a, b] += own * mean[a] * mean[b]
            for a in range(d):
                for b in range(a + 1):
                    for c in range(a, d):
                        second[a, b] += weight[i] * flipped[c, a] * flipped[c, b]
        if gained - likelihood < least_gain * total:
            break
        likelihood = gained
        all_mass = mass.sum() + k * 1e-9
        for g in range(k):
            own = mass[g] + 1e-9
            for a in range(d):
                first[g, a] /= own
            for a in range(d):
                for b in range(a + 1):
                    second[a, b] -= own * first[g, a] * first[g, b]
            part = own / all_mass
            share[g] = np.rint(((part + 1.0 / k) / 2.0 if equal else part) / step) * step + step / 64
            for a in range(d):
                centre[g, a] = np.rint(first[g, a] / step) * step
        trace = 0.0
        for a in range(d):
            trace += second[a, a] / total / d
        for a in range(d):
            for b in range(a + 1):
                value = (trace if a == b else 0.0) if equal else second[a, b] / total
                value = np.rint((value + (floor if a == b else 0.0)) / step) * step
                spread[a, b] = value
                spread[b, a] = value
    return likelihood
