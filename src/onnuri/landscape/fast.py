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
    own = np.zeros(table.shape[2], dtype=np.int64)
    for i in range(len(starts) - 1):
        _told(starts[i], starts[i + 1], column, value, table, own)
        out[i] = own


@njit(cache=True, nogil=True)
def _told(begin: int, end: int, column: Array, value: Array, table: Array, own: Array) -> None:
    """One person's sum of rows of `table`, into `own`."""
    own[:] = 0
    # Without a sign there is nothing to ask of an index.
    for at in range(np.uint64(begin), np.uint64(end)):
        answer, c = np.uint64(value[at] + 1), np.uint64(column[at])
        for j in range(np.uint64(len(own))):
            own[j] += table[answer, c, j]


@njit(cache=True, nogil=True, error_model="numpy")
def fold_in(starts: Array, column: Array, value: Array, table: Array, ridge: float, step: float, out: Array) -> None:
    """Write to `out` (people, rank) each person's factors, as `factorise.fold_in` does it with `by_person`."""
    rank = out.shape[1]
    own = np.zeros(table.shape[2], dtype=np.int64)
    matrix, right = np.zeros((rank, rank)), np.zeros(rank)
    pairs = rank * (rank + 1) // 2
    for i in range(len(starts) - 1):
        _told(starts[i], starts[i + 1], column, value, table, own)
        at = 0
        for a in range(rank):
            for b in range(a + 1):
                matrix[a, b] = own[at] * step**2
                at += 1
            matrix[a, a] += ridge
            right[a] = own[pairs + rank + a] * step**2 - own[pairs + a] * step**2
        _solve(matrix, right)
        for a in range(rank):
            out[i, a] = np.rint(right[a] / step) * step


@njit(cache=True, nogil=True)
def moments(starts: Array, column: Array, value: Array, person: Array, weight: Array, out: Array) -> None:
    """Add to `out` (statements, w) what `factorise._statements_given` sums over the people who told something."""
    rank = person.shape[1]
    told = rank * (rank + 1) // 2 + rank + 1
    row = np.zeros((3, told + rank + 1), dtype=np.int64)
    for i in range(len(starts) - 1):
        at = 0
        for a in range(rank):
            for b in range(a + 1):
                row[0, at] = row[2, at] = weight[i] * person[i, a] * person[i, b]
                at += 1
        for a in range(rank + 1):
            own = weight[i] * person[i, a] if a < rank else weight[i]
            row[0, at + a] = row[2, at + a] = row[2, told + a] = own
            row[0, told + a] = -own
        for vote in range(np.uint64(starts[i]), np.uint64(starts[i + 1])):
            answer, c = np.uint64(value[vote] + 1), np.uint64(column[vote])
            for j in range(np.uint64(row.shape[1])):
                out[c, j] += row[answer, j]


@njit(cache=True, nogil=True, error_model="numpy")
def statements(sums: Array, weight_steps: float, ridge: float, offset_ridge: float, step: float, out: Array) -> None:
    """Write to `out` (statements, rank + 1) each statement's factors and offset from its sums."""
    wide = out.shape[1]
    rank = wide - 1
    matrix, right = np.zeros((wide, wide)), np.zeros(wide)
    for s in range(len(out)):
        at = 0
        for a in range(rank):
            for b in range(a + 1):
                matrix[a, b] = sums[s, at] / weight_steps * step**2
                at += 1
            matrix[a, a] += ridge
        for a in range(wide):
            scale = step if a < rank else 1.0
            matrix[rank, a] = sums[s, at + a] / weight_steps * scale
            right[a] = sums[s, at + wide + a] / weight_steps * scale
        matrix[rank, rank] += offset_ridge
        _solve(matrix, right)
        for a in range(wide):
            out[s, a] = np.rint(right[a] / step) * step


@njit(cache=True, nogil=True, error_model="numpy")
def _solve(matrix: Array, right: Array) -> None:
    """Solve a small system in place, one number after the other, as `cholesky.solve` does it for many."""
    size = len(right)
    for a in range(size):
        for b in range(a + 1):
            left = matrix[a, b]
            for c in range(b):
                left -= matrix[a, c] * matrix[b, c]
            matrix[a, b] = np.sqrt(left) if a == b else left / matrix[b, b]
    for a in range(size):
        left = right[a]
        for c in range(a):
            left -= matrix[a, c] * right[c]
        right[a] = left / matrix[a, a]
    for a in range(size - 1, -1, -1):
        left = right[a]
        for c in range(a + 1, size):
            left -= matrix[c, a] * right[c]
        right[a] = left / matrix[a, a]


@njit(cache=True, nogil=True, error_model="numpy")
def evidence(
    starts: Array,
    column: Array,
    value: Array,
    table: Array,
    residual: float,
    step: float,
    precision: Array,
    pull: Array,
) -> None:
    """Write each person's precision and pull, as `mixture.evidence_of` does it with the sums of `by_person`."""
    d = pull.shape[1]
    own = np.zeros(table.shape[2], dtype=np.int64)
    pairs = d * (d + 1) // 2
    for i in range(len(starts) - 1):
        _told(starts[i], starts[i + 1], column, value, table, own)
        at = 0
        for a in range(d):
            for b in range(a + 1):
                told = np.rint(own[at] * step**2 / residual / step) * step
                precision[i, a, b] = told
                precision[i, b, a] = told
                at += 1
            left = own[pairs + d + a] * step**2 - own[pairs + a] * step**2
            pull[i, a] = np.rint(left / residual / step) * step


@njit(cache=True, nogil=True)
def by_statement(starts: Array, column: Array, value: Array, own: Array, out: Array) -> None:
    """Add to `out` (statements, w) each voter's rows of `own` (people, 2: X, O; w)."""
    for i in range(len(starts) - 1):
        for at in range(starts[i], starts[i + 1]):
            x, c = value[at], column[at]
            if x != 0:
                for j in range(own.shape[2]):
                    out[c, j] += own[i, (x + 1) >> 1, j]


@njit(cache=True, nogil=True)
def residual(
    starts: Array, column: Array, value: Array, place: Array, loading: Array, offset: Array, step: float, out: Array
) -> None:
    """Add to `out` (2,) how far opinions lie from what the space says, squared and in steps, and how many they are."""
    for i in range(len(starts) - 1):
        for at in range(starts[i], starts[i + 1]):
            x, c = value[at], column[at]
            if x != 0:
                left = x - offset[c]
                for a in range(place.shape[1]):
                    left -= place[i, a] * loading[c, a]
                out[0] += np.int64(np.rint(left**2 / step))
                out[1] += 1


@njit(cache=True, nogil=True)
def some(begin: Array, column: Array, value: Array, starts: Array, out_column: Array, out_value: Array) -> None:
    """Write the votes of people which begin there, each from their own `starts` on."""
    for i in range(len(begin)):
        to, back = starts[i], begin[i] - starts[i]
        for at in range(to, starts[i + 1]):
            out_column[at] = column[at + back]
            out_value[at] = value[at + back]


@njit(cache=True, nogil=True)
def insert(column: Array, at: Array, new: Array, out: Array) -> None:
    """Write the column with the `new` entries before the places `at`."""
    begin = 0
    for i in range(len(at)):
        out[begin + i : at[i] + i] = column[begin : at[i]]
        out[at[i] + i] = new[i]
        begin = at[i]
    out[begin + len(at) :] = column[begin:]


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
    fewest = 0
    while fewest + 1 < len(least) and least[fewest] == np.iinfo(np.int64).max:
        fewest += 1
    enough = (fewest << 40) - (one >> 1)
    for i in range(len(starts) - 1):
        _meet(starts[i], starts[i + 1], column, value, gain[cell[i]], who, worth, begin, slip, both)
        if n + references > found.shape[1]:
            grown = np.empty((4, 2 * n + references), dtype=np.int64)
            grown[:, :n] = found[:, :n]
            found = grown
        for j in range(references):
            if both[j] >= enough:
                common = (both[j] + (one >> 1)) >> 40
                total = both[j] - (common << 40)
                if total > least[common]:
                    found[0, n], found[1, n], found[2, n], found[3, n] = i, j, total, common
                    n += 1
    return found[0, :n], found[1, :n], found[2, :n], found[3, :n]


@njit(cache=True, nogil=True)
def _meet(  # noqa: PLR0913, PLR0917
    first: int,
    last: int,
    column: Array,
    value: Array,
    gain: Array,
    who: Array,
    worth: Array,
    begin: Array,
    slip: int,
    both: Array,
) -> None:
    """One person's common answers with every reference, into `both`; see `pairs`."""
    one = 1 << 40
    both[:] = 0
    for at in range(np.uint64(first), np.uint64(last)):
        if value[at] != 0:
            stance, s = (value[at] + 1) >> 1, column[at]
            own = one + gain[s, stance]
            middle = begin[s, 1]
            alike, clash = (middle, begin[s + 1, 0]), (begin[s, 0], middle)
            if not stance:
                alike, clash = clash, alike
            for e in range(np.uint64(alike[0]), np.uint64(alike[1])):
                both[np.uint64(who[e])] += own + worth[e]
            for e in range(np.uint64(clash[0]), np.uint64(clash[1])):
                both[np.uint64(who[e])] += one + slip


@njit(cache=True, nogil=True)
def count_twice(starts: Array, column: Array, value: Array, place: Array, weight: Array, out: Array) -> None:
    """Add to `out` (places, statements, 6) one for each vote, and its weight.

    People are taken in the order of their places, so that what is added to stays in the cache: of one place, with the
    number in the upper bits and the weight in the lower ones.
    """
    one = np.int64(1) << 40
    both = np.zeros(out.shape[1] * 3, dtype=np.int64)
    order = _in_order(place, out.shape[0])
    for at in range(len(order)):
        i = order[at]
        here = place[i]
        if here >= 0:
            own = one + weight[i]
            for vote in range(np.uint64(starts[i]), np.uint64(starts[i + 1])):
                both[np.uint64(3) * np.uint64(column[vote]) + np.uint64(value[vote] + 1)] += own
            if at + 1 == len(order) or place[order[at + 1]] != here:
                for s in range(out.shape[1]):
                    for answer in range(3):
                        told = both[3 * s + answer]
                        out[here, s, answer] = told >> 40
                        out[here, s, answer + 3] = told & (one - 1)
                        both[3 * s + answer] = 0


@njit(cache=True, nogil=True)
def _in_order(place: Array, places: int) -> Array:
    """(people,): who stands in the first place, who in the next; those in none come first."""
    begin = np.zeros(places + 2, dtype=np.int64)
    for here in place:
        begin[here + 2] += 1
    begin = np.cumsum(begin)
    order = np.empty(len(place), dtype=np.int64)
    for i in range(len(place)):
        order[begin[place[i] + 1]] = i
        begin[place[i] + 1] += 1
    return order


@njit(cache=True, nogil=True)
def nearest(where: Array, turned: Array, squares: Array, out: Array) -> None:
    """Write to `out` (people,) which centre each stands nearest to, as `cells.py` does it, in four axes.

    Square and index share one integer, so that the least is found without a branch.
    """
    digits = np.int64(1)
    while 1 << digits < len(squares):
        digits += 1
    for i in range(len(where)):
        x, y, z, w = where[i]
        least = np.iinfo(np.int64).max
        for c in range(len(squares)):
            apart = squares[c] + x * turned[0, c] + y * turned[1, c] + z * turned[2, c] + w * turned[3, c]
            least = min(least, np.int64(apart) << digits | c)  # type: ignore[assignment]
        out[i] = least & ((1 << digits) - 1)


@njit(cache=True, nogil=True)
def climb(  # noqa: C901, PLR0913, PLR0917 - one loop, compiled
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
    axes: tuple[int, ...],
) -> float:
    """Expectation-maximisation of one mixture in place, as `mixture._climb` does it; the answer is the likelihood.

    `axes`: one entry for each axis of the space. The length of a tuple is known when a loop is compiled.
    """
    d = pull.shape[1]
    k = len(share)
    total = max(weight.sum(), 1.0)
    likelihood = -np.inf
    mass, first, second = np.zeros(k), np.zeros((k, d)), np.zeros((d, d))
    fixed = np.zeros(k)
    for _ in range(iterations):
        inverse = np.linalg.inv(spread)
        log_spread = np.linalg.slogdet(spread)[1]
        pulled = centre @ inverse
        fixed[:] = 0
        for g in range(k):
            for a in range(d):
                fixed[g] -= 0.5 * pulled[g, a] * centre[g, a]
            fixed[g] += np.log(share[g]) - 0.5 * log_spread
        gained = _expect(precision, pull, weight, inverse, pulled, fixed, step, axes, mass, first, second)
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


@njit(cache=True, nogil=True, error_model="numpy")
def _expect(  # noqa: C901, PLR0912, PLR0913, PLR0917 - one loop, compiled
    precision: Array,
    pull: Array,
    weight: Array,
    inverse: Array,
    pulled: Array,
    fixed: Array,
    step: float,
    axes: tuple[int, ...],
    mass: Array,
    first: Array,
    second: Array,
) -> float:
    """One expectation step: sums into `mass`, `first` and `second`; the answer is the likelihood."""
    n, d = len(pull), len(axes)
    k = len(fixed)
    lower, flipped = np.zeros((d, d)), np.zeros((d, d))
    white, mean, chance = np.zeros((k, d)), np.zeros(d), np.zeros(k)
    mass[:], first[:], second[:] = 0, 0, 0
    gained = 0.0
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
    return gained
