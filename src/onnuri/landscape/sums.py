"""Exact sums over votes: of each person, of each statement, of each place.

Everything that is added is a whole number in 64 bits, so a sum is the same in any order, on any number of partitions
and threads, and with or without the compiled twin in `fast.py`. What is here is the plain one; it needs SciPy alone.
"""

from __future__ import annotations

import importlib.util
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from onnuri.landscape.votes import Rows

    Whole = NDArray[np.int64]

LARGE: Final = 100_000
"""Votes above which the compiled twin is loaded, where it is installed: a hall never waits for it."""


def by_person(rows: Rows, told: Whole, signed: Whole) -> Whole:
    """(people, p + q): over each person's opinions the sum of `told` rows, and of vote times `signed` rows.

    Args:
        rows: votes; a pass adds nothing.
        told: (statements, p).
        signed: (statements, q).
    """
    if (fast := compiled(rows.size)) is None:
        return np.hstack([rows.told @ told, rows.signed @ signed])
    nothing = np.zeros((rows.statements, told.shape[1] + signed.shape[1]), dtype=np.int64)
    table = np.stack([np.hstack([told, -signed]), nothing, np.hstack([told, signed])])
    out = np.zeros((rows.people, table.shape[2]), dtype=np.int64)

    def some(begin: int, end: int) -> None:
        fast.by_person(rows.starts[begin : end + 1], rows.column, rows.value, table, out[begin:end])

    _spread(rows, some)
    return out


def by_statement(rows: Rows, told: Whole, signed: Whole) -> Whole:
    """(statements, p + q): over the opinions on each statement the sum of `told` rows, and of vote times `signed` rows.

    Args:
        rows: votes; a pass adds nothing.
        told: (people, p).
        signed: (people, q).
    """
    if (fast := compiled(rows.size)) is None:
        return np.hstack([rows.told.T @ told, rows.signed.T @ signed])
    own = np.ascontiguousarray(np.hstack([told, signed]))

    def some(begin: int, end: int) -> Whole:
        out = np.zeros((rows.statements, own.shape[1]), dtype=np.int64)
        fast.by_statement(rows.starts[begin : end + 1], rows.column, rows.value, own[begin:end], told.shape[1], out)
        return out

    return np.sum(_spread(rows, some), axis=0)


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

    def some(begin: int, end: int) -> Whole:
        out = np.zeros((places, rows.statements, 3), dtype=np.int64)
        fast.count_by_place(
            rows.starts[begin : end + 1], rows.column, rows.value, place[begin:end], weight[begin:end], out
        )
        return out

    return np.sum(_spread(rows, some), axis=0)


def count_twice(rows: Rows, place: NDArray[np.int64], weight: Whole, places: int) -> Whole:
    """(places, statements, 6): how many disagreed, passed and agreed, and their weight, in one pass."""
    if (fast := compiled(rows.size)) is None:
        one = np.ones(rows.people, dtype=np.int64)
        both = [_count_plainly(rows, place, own, places) for own in (one, weight)]
        return np.concatenate(both, axis=2)

    def some(begin: int, end: int) -> Whole:
        out = np.zeros((places, rows.statements, 6), dtype=np.int64)
        own = place[begin:end]
        order = np.argsort(own, kind="stable")
        fast.count_twice(rows.starts[begin : end + 1], rows.column, rows.value, own, weight[begin:end], order, out)
        return out

    return np.sum(_spread(rows, some), axis=0)


def _count_plainly(rows: Rows, place: NDArray[np.int64], weight: Whole, places: int) -> Whole:
    row, column, value = rows.flat
    somewhere = place[row] >= 0
    row, column, value = row[somewhere], column[somewhere], value[somewhere]
    cell = (place[row] * rows.statements + column) * 3 + value + 1
    # Sums of whole numbers below 2^53 are exact in double precision too.
    found = np.bincount(cell, weights=weight[row], minlength=places * rows.statements * 3)
    return found.astype(np.int64).reshape(places, rows.statements, 3)


@cache
def _compiled() -> Any:  # noqa: ANN401 - a module, or None where it is not installed
    if importlib.util.find_spec("numba") is None:
        return None
    from onnuri.landscape import fast  # noqa: PLC0415 - loading it takes half a second

    return fast


def is_large(votes: int) -> bool:
    """Whether there are so many votes that the compiled twin is worth loading."""
    return votes > LARGE


def compiled(votes: int) -> Any:  # noqa: ANN401
    """The compiled twin, for many votes and where Numba is installed; else None."""
    return _compiled() if is_large(votes) else None


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
    if len(parts) <= 1 or getattr(_INSIDE, "a_thread", False):
        return [some(part) for part in parts]

    def alone(part: Any) -> Any:  # noqa: ANN401
        _INSIDE.a_thread = True
        return some(part)

    with ThreadPoolExecutor(_threads()) as pool:
        return list(pool.map(alone, parts))
