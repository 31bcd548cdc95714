"""The outline of a group on the map: the convex hull of the nine tenths nearest its middle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from onnuri.landscape.hull import convex_hull

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
    corners = convex_hull(inner_share(points))
    if len(corners) < FEWEST:
        return ""
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in corners) + "Z"


def inner_share(points: Sequence[Point]) -> list[Point]:
    """The nine tenths of the points nearest their middle; all of a few."""
    if not points:
        return []
    middle = sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points)
    order = sorted(points, key=lambda p: (p[0] - middle[0]) ** 2 + (p[1] - middle[1]) ** 2)
    return order[: max(FEWEST, -(-len(points) * 9 // 10))] if len(points) > 1 / (1 - INSIDE) else order
