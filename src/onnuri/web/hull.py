"""The outline of a group on the map: the convex hull of the nine tenths nearest its middle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

Point = tuple[float, float]
INSIDE: Final = 0.9
FEWEST: Final = 3


def hull_path(points: Sequence[Point]) -> str:
    """An SVG path, empty where there is no area.

    >>> hull_path([(0, 0), (4, 0), (4, 4), (0, 4), (2, 2)])
    'M0 0L4 0L4 4L0 4Z'
    """
    corners = _hull(_nearest_share(points))
    if len(corners) < FEWEST:
        return ""
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in corners) + "Z"


def _nearest_share(points: Sequence[Point]) -> list[Point]:
    if not points:
        return []
    middle = sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points)
    order = sorted(points, key=lambda p: (p[0] - middle[0]) ** 2 + (p[1] - middle[1]) ** 2)
    return order[: max(FEWEST, -(-len(points) * 9 // 10))] if len(points) > 1 / (1 - INSIDE) else order


def _hull(points: Sequence[Point]) -> list[Point]:
    """Andrew's monotone chain, counter-clockwise."""
    ordered = sorted(set(points))
    if len(ordered) < FEWEST:
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
