"""Plots as SVG made here, without inline style: steps over time, bars of counts. Each line has a dash of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH: Final = 440
HEIGHT: Final = 240
LEFT: Final = 48
RIGHT: Final = 12
TOP: Final = 14
BOTTOM: Final = 30
MOST_LINES: Final = 4
ROW: Final = 34
NAME: Final = 152


def steps(
    title: str, times: Sequence[float], lines: Sequence[tuple[str, Sequence[int]]], ends: Sequence[str]
) -> SafeString:
    """Draw counts over time: what was true stays drawn until it changes.

    Args:
        title: said to who cannot see it.
        times: seconds, rising.
        lines: (name, values), at most four, each as long as times.
        ends: what stands under the first and the last time.
    """
    if not times:
        return SafeString("")
    most = nice(max((max(values) for _, values in lines), default=1))
    said = ", ".join(f"{name} {values[-1]}" for name, values in lines)
    return format_html(
        '<svg class="plot" viewBox="0 0 {w} {h}" role="img" aria-label="{title}: {said}">{grid}{drawn}{under}</svg>',
        w=WIDTH,
        h=HEIGHT,
        title=title,
        said=said,
        grid=_grid(most),
        drawn=format_html_join(
            "",
            '<path class="plot-line plot-{}" d="{}"/>',
            ((n, path(times, values, most)) for n, (_, values) in enumerate(lines[:MOST_LINES], 1)),
        ),
        under=_under(ends),
    )


def _under(ends: Sequence[str]) -> SafeString:
    places = ((LEFT, "start"), (WIDTH - RIGHT, "end"))
    return format_html_join(
        "",
        '<text class="plot-text" x="{}" y="{}" text-anchor="{}">{}</text>',
        ((x, HEIGHT - 8, anchor, text) for (x, anchor), text in zip(places, ends, strict=False)),
    )


def path(times: Sequence[float], values: Sequence[int], most: int) -> str:
    """The steps of one line.

    >>> path([0, 10], [0, 5], 5)
    'M48.0 210.0H428.0V14.0'
    """
    span = (times[-1] - times[0]) or 1
    found = [f"M{LEFT:.1f} {_y(values[0], most):.1f}"]
    before = values[0]
    for at, value in zip(times[1:], values[1:], strict=True):
        if value == before and at != times[-1]:
            continue
        found.append(f"H{LEFT + (at - times[0]) / span * (WIDTH - LEFT - RIGHT):.1f}")
        if value != before:
            found.append(f"V{_y(value, most):.1f}")
        before = value
    return "".join(found)


def _y(value: float, most: int) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / most)


def _grid(most: int) -> SafeString:
    return format_html_join(
        "",
        '<path class="plot-grid" d="M{} {}H{}"/><text class="plot-text" x="{}" y="{}" text-anchor="end">{}</text>',
        (
            (LEFT, f"{_y(at, most):.1f}", WIDTH - RIGHT, LEFT - 8, f"{_y(at, most) + 5:.1f}", at)
            for at in (0, most // 2, most)
        ),
    )


def nice(most: int) -> int:
    """The top of a scale: even, and not far above.

    >>> [nice(n) for n in (0, 1, 7, 13, 150, 151, 9001)]
    [2, 2, 8, 20, 150, 200, 10000]
    """
    if most <= 2:  # noqa: PLR2004
        return 2
    size = 10 ** (len(str(most)) - 1)
    tops = (size * part // 10 for part in (10, 12, 15, 20, 30, 40, 50, 60, 80, 100))
    return int(next(top for top in tops if top >= most and top % 2 == 0))


def bars(title: str, rows: Sequence[tuple[str, int]]) -> SafeString:
    """Draw counts as bars, the name before and the number after each."""
    most = max((count for _, count in rows), default=0)
    if not most:
        return SafeString("")
    room = WIDTH - NAME - 64
    drawn = format_html_join(
        "",
        '<text class="plot-text" x="{}" y="{}" text-anchor="end">{}</text>'
        '<rect class="plot-bar" x="{}" y="{}" width="{}" height="20" rx="3"/>'
        '<text class="plot-text" x="{}" y="{}">{}</text>',
        (_bar(y * ROW, name, count, count / most * room) for y, (name, count) in enumerate(rows)),
    )
    said = ", ".join(f"{name} {count}" for name, count in rows)
    return format_html(
        '<svg class="plot" viewBox="0 0 {} {}" role="img" aria-label="{}: {}">{}</svg>',
        WIDTH,
        len(rows) * ROW + 4,
        title,
        said,
        drawn,
    )


def _bar(top: int, name: str, count: int, width: float) -> tuple[object, ...]:
    return (NAME - 10, top + 22, name, NAME, top + 7, f"{width:.1f}", f"{NAME + width + 8:.1f}", top + 22, count)
