"""A cloud of words for the wall: sized by people, never overlapping, the same words always in the same places."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from unicodedata import category, combining, east_asian_width, normalize

import numpy as np
import regex

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

WIDTH: Final = 1180
HEIGHT: Final = 640
"""Of the picture; the wall's own height of 1080 makes one unit about a pixel there."""
CELL: Final = 8
LARGEST: Final = 150
LEAST: Final = 35
"""Type that is still read from 25 metres."""
LEAST_WITH_ROOM: Final = 75
MOST_WORDS: Final = 60
HALVINGS: Final = 5
"""How finely the largest type at which everything has a place is looked for."""
LINE: Final = 1.2
"""Height of a line, with room for the marks of Vietnamese above and the tails of Latin below."""
BASELINE: Final = 0.96
GAP: Final = 0.3
"""Room beside a word."""
TIERS: Final = (0.85, 0.7, 0.55, 0.4)
"""From what part of the largest type on a word is of the first, second, third or fourth tier."""
NARROW: Final = frozenset("iljtfrI.,:;'’|!()[] ")
BROAD: Final = frozenset("mwMW@%")
CLUSTER: Final = regex.compile(r"\X")

Said = tuple[str, int]
"""A word and how many people said it."""


@dataclass(frozen=True)
class Placed:
    """A word in the picture: where its baseline begins, how large, how long, of which tier (1-5)."""

    text: str
    x: int
    y: int
    size: int
    length: int
    tier: int


@lru_cache(maxsize=64)
def lay_out(words: tuple[Said, ...]) -> tuple[Placed, ...]:
    """Place the words, those of most people in the middle; whoever has no place at the least type is left out.

    Args:
        words: most people first. The type's size goes with the square root, so that its area goes with the people.

    >>> [(one.text, one.size, one.tier) for one in lay_out((("나무", 9), ("길", 1)))]
    [('나무', 150, 1), ('길', 73, 5)]
    >>> lay_out(())
    ()
    """
    shown = words[:MOST_WORDS]
    smallest = _placed(shown, LEAST, LEAST)
    if len(smallest) < len(shown):
        return smallest
    if len(_placed(shown, LARGEST, LEAST, whole=True)) < len(shown):
        return _largest(smallest, lambda size: _placed(shown, size, LEAST, whole=True), LEAST, LARGEST)
    # There is room to spare: the small ones grow.
    return _largest(smallest, lambda size: _placed(shown, LARGEST, size, whole=True), LEAST, LEAST_WITH_ROOM)


def _largest(
    found: tuple[Placed, ...], place: Callable[[float], tuple[Placed, ...]], small: float, large: float
) -> tuple[Placed, ...]:
    """The largest type at which everything has a place; `found` at the smallest."""
    for _ in range(HALVINGS):
        middle = (small + large) / 2
        if len(tried := place(middle)) == len(found):
            small, found = middle, tried
        else:
            large = middle
    return found


def _placed(words: tuple[Said, ...], largest: float, least: float, *, whole: bool = False) -> tuple[Placed, ...]:
    """Everything that has a place at this size; `whole`: nothing where something has none."""
    taken = np.zeros((HEIGHT // CELL, WIDTH // CELL), dtype=bool)
    found = []
    for text, people in words:
        size = _size(text, max(least, largest * (people / words[0][1]) ** 0.5))
        length = em_width(text) * size
        rows, columns = _cells(LINE * size), _cells(length + GAP * size)
        place = _nearest_free(taken, rows, columns)
        if place is None:
            if whole:
                return ()
            continue
        top, left = place
        taken[top : top + rows, left : left + columns] = True
        x, y = left * CELL + (columns * CELL - length) / 2, top * CELL + BASELINE * size
        part = (people / words[0][1]) ** 0.5
        found.append(Placed(text, round(x), round(y), int(size), int(length), _tier(part)))
    return tuple(found)


def _size(text: str, wanted: float) -> float:
    """Never wider than the picture."""
    return min(wanted, WIDTH * 0.9 / em_width(text))


def _tier(part: float) -> int:
    return 1 + sum(part < edge for edge in TIERS)


def _cells(length: float) -> int:
    return int(-(-length // CELL))


def _nearest_free(taken: NDArray[np.bool_], rows: int, columns: int) -> tuple[int, int] | None:
    """Where so many free rows and columns lie nearest to the middle: the first of equals, None where nowhere."""
    height, width = taken.shape
    if rows > height or columns > width:
        return None
    # Sums of all that is above and left: four of them say whether a rectangle is free.
    sums = np.zeros((height + 1, width + 1), dtype=np.int64)
    sums[1:, 1:] = taken.cumsum(axis=0).cumsum(axis=1)
    inside = sums[rows:, columns:] - sums[:-rows, columns:] - sums[rows:, :-columns] + sums[:-rows, :-columns]
    down = (np.arange(inside.shape[0]) + rows / 2 - height / 2) / height
    across = (np.arange(inside.shape[1]) + columns / 2 - width / 2) / width
    far = np.where(inside == 0, down[:, None] ** 2 + across[None, :] ** 2, np.inf)
    best = int(far.argmin())
    top, left = divmod(best, inside.shape[1])
    return (top, left) if np.isfinite(far[top, left]) else None


def em_width(text: str) -> float:
    """How long a word is in heavy type, in parts of its size: an estimate that the picture then keeps to.

    >>> em_width("나무"), round(em_width("walk"), 2)
    (2.0, 2.52)
    """
    return sum(_width(cluster) for cluster in CLUSTER.findall(text)) or 1.0


def _width(cluster: str) -> float:
    first = next((c for c in normalize("NFD", cluster) if not combining(c)), cluster[0])
    # A syllable taken apart is still one square.
    if east_asian_width(cluster[0]) in "WF":
        return 1.25 if category(cluster[0]) == "So" else 1.0
    if first in NARROW:
        return 0.36
    if first in BROAD:
        return 0.94
    return 0.72 if first.isupper() else 0.61
