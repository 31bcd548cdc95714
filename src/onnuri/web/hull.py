"""The outline of a group on the map: the convex hull of the nine tenths nearest its middle, or an ellipse as large."""

from __future__ import annotations

from math import atan2, cos, hypot, sin, sqrt, tau
from typing import TYPE_CHECKING, Final

from onnuri.landscape.hull import convex_hull

if TYPE_CHECKING:
    from collections.abc import Sequence

Point = tuple[float, float]
INSIDE: Final = 0.9
FEWEST: Final = 3
CORNERS: Final = 32
REACHES: Final = 2.146
"""Standard deviations within which nine tenths of a plane's normal points lie: the root of -2 ln 0.1."""


def path_of(corners: Sequence[Point]) -> str:
    """An SVG path, empty where there is no area.

    >>> path_of(hull([(0, 0), (4, 0), (4, 4), (0, 4), (2, 2)]))
    'M0 0L4 0L4 4L0 4Z'
    """
    if len(corners) < FEWEST:
        return ""
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in corners) + "Z"


def hull(points: Sequence[Point]) -> list[Point]:
    """The corners of the nine tenths nearest the middle."""
    return list(convex_hull(inner_share(points)))


def ellipse(points: Sequence[Point]) -> list[Point]:
    """The same of their mean and spread alone, so that no corner is anybody's place.

    >>> ellipse([(0, 0), (4, 0), (4, 4), (0, 4)])[:2]
    [(6.3, 2.0), (6.2, 2.8)]
    >>> ellipse([(1, 1), (1, 1), (1, 1)])
    []
    """
    n = len(points)
    if n < FEWEST:
        return []
    mx, my = sum(p[0] for p in points) / n, sum(p[1] for p in points) / n
    xx = sum((p[0] - mx) ** 2 for p in points) / n
    yy = sum((p[1] - my) ** 2 for p in points) / n
    xy = sum((p[0] - mx) * (p[1] - my) for p in points) / n
    middle, apart = (xx + yy) / 2, hypot((xx - yy) / 2, xy)
    long, short = REACHES * sqrt(middle + apart), REACHES * sqrt(max(middle - apart, 0.0))
    if short == 0:
        return []
    turn = atan2(2 * xy, xx - yy) / 2
    around = [(long * cos(tau * n / CORNERS), short * sin(tau * n / CORNERS)) for n in range(CORNERS)]
    return [
        (round(mx + x * cos(turn) - y * sin(turn), 1), round(my + x * sin(turn) + y * cos(turn), 1)) for x, y in around
    ]


def inner_share(points: Sequence[Point]) -> list[Point]:
    """The nine tenths of the points nearest their middle; all of a few."""
    if not points:
        return []
    middle = sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points)
    order = sorted(points, key=lambda p: (p[0] - middle[0]) ** 2 + (p[1] - middle[1]) ** 2)
    return order[: max(FEWEST, -(-len(points) * 9 // 10))] if len(points) > 1 / (1 - INSIDE) else order
