"""Exact sums over votes: of each person, of each statement, of each place.

Everything that is added is a whole number in 64 bits, so a sum is the same in any order, on any number of partitions
and threads, and with or without the compiled twin in `fast.py`. What is here is the plain one; it needs SciPy alone.
"""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from onnuri.landscape.large import compiled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from onnuri.landscape.votes import Rows

    Whole = NDArray[np.int64]


def by_person(rows: Rows, told: Whole, signed: Whole) -> Whole:
    """(people, p + q): over each person's opinions the sum of `told` rows, and of vote times `signed` rows.

    Args:
        rows: votes; a pass adds nothing.
        told: (statements, p).
        signed: (statements, q).
    """
    if (fast := compiled(rows.size)) is None:
        return np.hstack([rows.told @ told, rows.signed @ signed])
    out = np.empty((rows.people, told.shape[1] + signed.shape[1]), dtype=np.int64)
    for_each(rows, fast.by_person, (answered(told, signed),), out)
    return out


def answered(told: Whole, signed: Whole) -> Whole:
    """(3, statements, p + q): what an X, a pass and an O add to a person's sums."""
    table = np.zeros((3, len(told), told.shape[1] + signed.shape[1]), dtype=np.int64)
    table[0] = np.hstack([told, -signed])
    table[2] = np.hstack([told, signed])
    return table


def for_each(rows: Rows, step: Callable[..., None], about: tuple[Any, ...], *out: NDArray[Any]) -> None:
    """Have a compiled function write a row of each `out` for every person, of whom it is told `about`."""

    def some(begin: int, end: int) -> None:
        own = (rows.starts[begin : end + 1], rows.column, rows.value)
        step(*own, *about, *(rows_of[begin:end] for rows_of in out))

    _spread(rows, some)


def add_up(
    rows: Rows, step: Callable[..., None], shape: tuple[int, ...], *own: NDArray[Any], about: tuple[Any, ...] = ()
) -> Whole:
    """Have a compiled function add up whole numbers of this shape over everybody.

    Args:
        rows: votes.
        step: what adds to its last argument.
        shape: of what is added up.
        own: a row for each person.
        about: what it is told besides.
    """

    def some(begin: int, end: int) -> Whole:
        out = np.zeros(shape, dtype=np.int64)
        people = (rows_of[begin:end] for rows_of in own)
        step(rows.starts[begin : end + 1], rows.column, rows.value, *people, *about, out)
        return out

    first, *others = _spread(rows, some)
    for other in others:
        first += other
    found: Whole = first
    return found


def by_statement(rows: Rows, told: Whole, signed: Whole) -> Whole:
    """(statements, p + q): over the opinions on each statement the sum of `told` rows, and of vote times `signed` rows.

    Args:
        rows: votes; a pass adds nothing.
        told: (people, p).
        signed: (people, q).
    """
    if (fast := compiled(rows.size)) is None:
        return np.hstack([rows.told.T @ told, rows.signed.T @ signed])
    both = np.stack([np.hstack([told, -signed]), np.hstack([told, signed])], axis=1)
    return add_up(rows, fast.by_statement, (rows.statements, both.shape[2]), both)


def count_by_place(rows: Rows, place: NDArray[np.int64], weight: Whole, places: int) -> Whole:
    """(places, statements, 3): how much weight disagreed, passed and agreed.

    Args:
        rows: votes.
        place: (people,) where each is counted; -1 = nowhere.
        weight: (people,).
        places: how many there are.
    """
    if (fast := compiled(rows.size)) is None:
        return _count_plainly(rows, place, weight, places)
    return add_up(rows, fast.count_by_place, (places, rows.statements, 3), place, weight)


def count_twice(rows: Rows, place: NDArray[np.int64], weight: Whole, places: int) -> Whole:
    """(places, statements, 6): how many disagreed, passed and agreed, and their weight, in one pass."""
    if (fast := compiled(rows.size)) is None:
        one = np.ones(rows.people, dtype=np.int64)
        both = [_count_plainly(rows, place, own, places) for own in (one, weight)]
        return np.concatenate(both, axis=2)
    return add_up(rows, fast.count_twice, (places, rows.statements, 6), place, weight)


def _count_plainly(rows: Rows, place: NDArray[np.int64], weight: Whole, places: int) -> Whole:
    row, column, value = rows.flat
    somewhere = place[row] >= 0
    row, column, value = row[somewhere], column[somewhere], value[somewhere]
    cell = (place[row] * rows.statements + column) * 3 + value + 1
    # Sums of whole numbers below 2^53 are exact in double precision too.
    found = np.bincount(cell, weights=weight[row], minlength=places * rows.statements * 3)
    return found.astype(np.int64).reshape(places, rows.statements, 3)


def _spread(rows: Rows, some: Callable[[int, int], Any]) -> list[Any]:
    """Call `some(begin, end)` for a few ranges of people at once; the compiled twin holds no lock."""
    threads = _threads()
    # Equal numbers of votes, not of people.
    edges = np.searchsorted(rows.starts, np.linspace(rows.starts[0], rows.starts[-1], threads + 1))
    edges[0], edges[-1] = 0, rows.people
    return in_threads(lambda at: some(int(edges[at]), int(edges[at + 1])), range(threads))


def _threads() -> int:
    return min(os.cpu_count() or 1, 8)


_INSIDE: Final = threading.local()


def in_threads(some: Callable[[Any], Any], parts: Sequence[Any]) -> list[Any]:
    """`some` of every part, a few at once, in the order of the parts; inside such a part one after the other."""
    if len(parts) <= 1 or _threads() == 1 or getattr(_INSIDE, "a_thread", False):
        return [some(part) for part in parts]

    def alone(part: Any) -> Any:  # noqa: ANN401
        _INSIDE.a_thread = True
        return some(part)

    return list(_pool(_threads()).map(alone, parts))


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    """Threads that stay: starting them costs as much as a sum over 100,000 votes."""
    return ThreadPoolExecutor(threads, thread_name_prefix="landscape")


# The threads stay behind when a process is forked.
os.register_at_fork(after_in_child=_pool.cache_clear)


AT_ONCE: Final = 1 << 18
"""Products in a piece up to which the linear algebra library starts no threads."""


def product(one: NDArray[np.float64], two: NDArray[np.float64]) -> NDArray[np.float64]:
    """One @ two, of whole numbers: exact in any pieces.

    The library's own threads go on waiting for work long after a product, on the cores ours need; so it gets pieces too
    small for them.
    """
    wide = AT_ONCE // max(one.size, 1)
    if not wide:
        return one @ two
    found = np.empty((one.shape[0], two.shape[1]))
    for begin in range(0, two.shape[1], wide):
        found[:, begin : begin + wide] = one @ two[:, begin : begin + wide]
    return found
