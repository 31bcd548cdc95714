"""The convex hull of points on the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

Point = tuple[float, float]
FEWEST_CORNERS: Final = 3


def convex_hull(points: Sequence[Point]) -> list[Point]:
    """Its corners, counter-clockwise; fewer than three distinct points are given back as they are.

    Andrew 1979, Another efficient algorithm for convex hulls in two dimensions, IPL 9(5).

    >>> convex_hull([(0, 0), (4, 0), (4, 4), (0, 4), (2, 2)])
    [(0, 0), (4, 0), (4, 4), (0, 4)]
    """
    ordered = sorted(set(points))
    if len(ordered) < FEWEST_CORNERS:
        return ordered
    return _chain(ordered)[:-1] + _chain(ordered[::-1])[:-1]


def _chain(ordered: Sequence[Point]) -> list[Point]:
    chain: list[Point] = []
    for point in ordered:
        while len(chain) > 1 and _turn(chain[-2], chain[-1], point) <= 0:
            chain.pop()
        chain.append(point)
    return chain


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
