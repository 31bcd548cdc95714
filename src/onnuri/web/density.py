"""Where many people stand, as a density: nobody's own place, and no count from which one person could be told."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

Point = tuple[float, float]
FEWEST: Final = 3
"""Places with fewer people are not drawn."""
STEPS: Final = (3, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000)
"""A place says the largest of these that is not above its count."""
NARROWEST: Final = 10
WIDEST: Final = 20
CROWD: Final = 8000
HALL: Final = 1000
"""Of fewer the cells may be twice as wide: in narrower ones nearly nobody would have company."""
"""From so many people on the cells are narrowest; of fewer they are wider, so that they hold about as many each."""
SMALLEST_MARK: Final = 0.3


@dataclass(frozen=True)
class Bin:
    """A cell of the honeycomb: its middle in the box, and how many people stand in it at least."""

    x: int
    y: int
    people: int


def bins(points: Iterable[Point], *, width: int) -> list[Bin]:
    """Count people into a honeycomb whose cells are `width` apart, from left to right and from the top.

    Args:
        points: in the box; their order does not matter.
        width: even; whole places make the page lighter.

    >>> bins([(11, 19), (9, 18), (10, 20), (60, 60)], width=10)
    [Bin(x=10, y=18, people=3)]
    """
    found = Counter(_cell(x, y, width) for x, y in points)
    return [Bin(x, y, people) for (x, y), n in sorted(found.items()) if (people := told(n))]


def _cell(x: float, y: float, width: int) -> tuple[int, int]:
    """The nearest middle of a cell; every other row is half a width aside."""
    rise = row_height(width)
    above = int(y // rise)
    near = [_nearest_in_row(x, row, width) for row in (above, above + 1)]
    return min(near, key=lambda middle: ((middle[0] - x) ** 2 + (middle[1] - y) ** 2, middle))


def _nearest_in_row(x: float, row: int, width: int) -> tuple[int, int]:
    aside = row % 2 * width // 2
    return round((x - aside) / width) * width + aside, row * row_height(width)


def row_height(width: int) -> int:
    """How far apart the rows of the honeycomb are."""
    return round(width * sqrt(3) / 2)


def told(count: int) -> int:
    """What is said of a count, 0 where nothing is.

    >>> [told(n) for n in (1, 2, 3, 4, 5, 19, 20, 49)]
    [0, 0, 3, 3, 5, 10, 20, 20]
    """
    return STEPS[bisect_right(STEPS, count) - 1] if count >= FEWEST else 0


def width_for(people: int) -> int:
    """How wide the cells are.

    >>> [width_for(n) for n in (150, 1001, 4000, 100_000)]
    [40, 20, 14, 10]
    """
    wanted = NARROWEST * sqrt(CROWD / max(people, 1))
    return min(WIDEST if people >= HALL else 2 * WIDEST, max(NARROWEST, round(wanted / 2) * 2))


def mark_width(people: int, densest: int, width: int) -> float:
    """How wide the mark of a cell is drawn: a little wider with every step, the densest as wide as its cell.

    >>> mark_width(3, 200, 10), mark_width(200, 200, 10)
    (3.0, 10.0)
    """
    last = STEPS.index(densest)
    share = STEPS.index(people) / last if last else 1.0
    return round(width * (SMALLEST_MARK + (1 - SMALLEST_MARK) * share), 1)
