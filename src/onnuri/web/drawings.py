"""Pictures made of numbers, as SVG without inline style: bars, the hall, the ring. One dot is one person."""

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

Figures = Mapping[str, Any]
Group = Mapping[str, Any]

ROWS = (20, 22, 24, 26, 28, 30)
CENTRE_X, CENTRE_Y = 200, 222
FIRST_RADIUS, ROW_STEP = 84, 22
EDGE = math.radians(8)
MOST_SEATS = 400

CIRCLES = ((44, 150), (50, 178), (56, 206))
MOST_DOTS = 150
GOLDEN = 0.6180339887

MOST_PIPS = 12


def bar(figures: Figures | None, label: str) -> SafeString:
    """Draw O, △ and X of one group as one stacked bar with its words."""
    if not figures or figures.get("masked") or figures.get("agree_pct") is None:
        return format_html('<span class="bar-none">{}</span>', few(figures))
    agree, unsure, against = figures["agree_pct"], figures["pass_pct"], figures["disagree_pct"]
    words = gettext("찬성 %(agree)s%%, 모르겠어요 %(unsure)s%%, 반대 %(against)s%%") % {
        "agree": agree,
        "unsure": unsure,
        "against": against,
    }
    return format_html(
        '<svg class="bar" role="img" aria-label="{}: {}">{}</svg>',
        label,
        words,
        bar_parts(agree, agree + unsure),
    )


def few(figures: Figures | None) -> str:
    """Say in words why there is no bar."""
    return gettext("소수 보호로 가림") if figures and figures.get("masked") else gettext("아직 답이 없어요")


def bar_parts(first: int, second: int) -> SafeString:
    """Draw the three stretches of a bar that change at ``first`` and ``second`` percent; hatch the last."""
    rest = max(100 - second, 0)
    return format_html(
        '<rect class="o" width="{first}%" height="100%"/>'
        '<rect class="p" x="{first}%" width="{unsure}%" height="100%"/>'
        '<rect class="x" x="{second}%" width="{rest}%" height="100%"/>'
        '<rect x="{second}%" width="{rest}%" height="100%" fill="url(#hatch)"/>'
        '<rect class="gap" x="{first}%" width="2" height="100%"/>'
        '<rect class="gap" x="{second}%" width="2" height="100%"/>',
        first=first,
        unsure=second - first,
        second=second,
        rest=rest,
    )


def shape(group: Group) -> SafeString:
    """Draw a group's shape; the colour comes from ``data-group``."""
    return format_html(
        '<svg class="shape" data-group="{0}" aria-hidden="true"><use href="#shape-{0}"/></svg>', group["id"]
    )


def group_name(group: Group | None) -> SafeString:
    """Draw a group as shape and name."""
    if not group:
        return format_html('<span class="group">{}</span>', gettext("아직 그룹이 없어요"))
    return format_html('<span class="group">{}{}</span>', shape(group), group["name"])


def seats(taken: int, said: int, capacity: int, label: str = "") -> SafeString:
    """Draw the hall from above: ``said`` in accent, the rest of ``taken`` filled, the others free."""
    capacity = max(capacity, taken, 1)
    scale = min(1.0, MOST_SEATS / capacity)
    rows = seat_rows(round(capacity * scale))
    ends = (min(round(said * scale), sum(rows)), min(round(taken * scale), sum(rows)), sum(rows))
    words = label or gettext("%(capacity)s석 가운데 %(taken)s석에 사람이 있고, %(said)s명이 답했어요.") % {
        "capacity": capacity,
        "taken": taken,
        "said": said,
    }
    return format_html(
        '<svg class="seats" viewBox="0 0 400 232" role="img" aria-label="{}">{}'
        '<path class="podium" d="M166 218A34 34 0 0 1 234 218"/></svg>',
        words,
        format_html_join("", "{}", ((arc,) for arc in seat_arcs(rows, ends))),
    )


def seat_rows(capacity: int) -> Sequence[int]:
    """Spread the seats over six arcs as the hall of 150 does.

    >>> seat_rows(150)
    [20, 22, 24, 26, 28, 30]
    """
    ends = [round(capacity * part / sum(ROWS)) for part in accumulate(ROWS)]
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]


def seat_arcs(rows: Sequence[int], ends: tuple[int, int, int]) -> Iterable[SafeString]:
    """Draw each row as up to three arcs, from the podium outwards, filling the states in their order."""
    start = 0
    for number, row in enumerate(rows):
        done = start
        for kind, end in zip(("said", "taken", "free"), ends, strict=True):
            upto = min(max(end, done), start + row)
            if upto > done:
                yield seat_arc(number, row, done - start, upto - start, kind)
                done = upto
        start += row


def seat_arc(number: int, row: int, first: int, end: int, kind: str) -> SafeString:
    """Draw the seats ``first`` up to ``end`` of one row as one dashed path."""
    radius = FIRST_RADIUS + ROW_STEP * number
    x, y = seat_point(radius, row, first)
    if end - first == 1:
        return format_html('<path class="{}" d="M{} {}h.01"/>', kind, x, y)
    last_x, last_y = seat_point(radius, row, end - 1)
    # A hundredth more than the dashes need: browsers leave out a dash that begins where the path ends.
    return format_html(
        '<path class="{}" pathLength="{}.01" d="M{} {}A{r} {r} 0 0 1 {} {}"/>',
        kind,
        end - first - 1,
        x,
        y,
        last_x,
        last_y,
        r=radius,
    )


def seat_point(radius: int, row: int, place: int) -> tuple[str, str]:
    """Place one seat on its arc, from the left."""
    share = place / (row - 1) if row > 1 else 0.5
    angle = math.pi - EDGE - share * (math.pi - 2 * EDGE)
    return f"{CENTRE_X + radius * math.cos(angle):.1f}", f"{CENTRE_Y - radius * math.sin(angle):.1f}"


def ring(
    groups: Sequence[Group], percent: int | None, voters: int | None, *, closed: bool, css: str, label: str
) -> SafeString:
    """Draw everybody as a circle of three rings, mixed; without a conclusion as arcs that do not meet."""
    people = mixed(groups) if closed else gathered(groups)
    points = circle_points(len(people)) if closed else arc_points(people)
    placed = list(zip(people, points, strict=True))
    return format_html(
        '<svg class="{}" viewBox="0 0 480 480" role="img" aria-label="{}">{}{}</svg>',
        css,
        label or ring_words(percent, voters),
        format_html_join("", "{}", ((dots(name, placed),) for name in dict.fromkeys(people))),
        ring_texts(percent, voters),
    )


def dots(name: int, placed: Sequence[tuple[int, tuple[str, str]]]) -> SafeString:
    """Draw the dots of one group, in its shape."""
    return format_html(
        '<g data-group="{}">{}</g>',
        name,
        format_html_join(
            "",
            '<use href="#shape-{}" x="{}" y="{}" width="15" height="15"/>',
            ((name, *point) for group, point in placed if group == name),
        ),
    )


def ring_words(percent: int | None, voters: int | None) -> str:
    """Say what the ring shows."""
    words = [gettext("추인 투표")]
    if percent is not None:
        words.append(gettext("찬성 %(percent)s%%") % {"percent": percent})
    if voters is not None:
        words.append(gettext("%(voters)s명이 투표") % {"voters": voters})
    return ", ".join(words)


def ring_texts(percent: int | None, voters: int | None) -> SafeString:
    """Write the two lines inside the ring."""
    size = 88 if percent is None or percent < 100 else 72  # noqa: PLR2004 - three digits would touch the dots
    large = format_html('<text x="240" y="252" font-size="{}">{}%</text>', size, percent) if percent is not None else ""
    small = (
        format_html(
            '<text x="240" y="300" font-size="31">{}</text>',
            gettext("%(voters)s명이 투표") % {"voters": voters},
        )
        if voters is not None
        else ""
    )
    return format_html("{}{}", large, small)


def gathered(groups: Sequence[Group]) -> list[int]:
    """List one group id per dot, group by group, at most 150 dots in the groups' proportions."""
    sizes = [group.get("size") or group.get("count") or 0 for group in groups]
    scale = min(1.0, MOST_DOTS / max(sum(sizes), 1))
    return [group["id"] for group, size in zip(groups, sizes, strict=True) for _ in range(round(size * scale))]


def mixed(groups: Sequence[Group]) -> list[int]:
    """List the same dots, mixed without chance: the golden ratio spreads every group evenly."""
    people = gathered(groups)
    order = sorted(range(len(people)), key=lambda place: place * GOLDEN % 1)
    return [people[place] for place in order]


def circle_points(count: int) -> list[tuple[str, str]]:
    """Place ``count`` dots on three circles, each evenly filled."""
    ends = [round(count * part / MOST_DOTS) for part in accumulate(seats for seats, _ in CIRCLES)]
    ends[-1] = count
    return [
        ring_point(radius, 2 * math.pi * (place + 0.5) / (end - start))
        for (start, end), (_, radius) in zip(zip([0, *ends], ends, strict=False), CIRCLES, strict=True)
        for place in range(end - start)
    ]


def arc_points(people: Sequence[int]) -> list[tuple[str, str]]:
    """Place the groups as arcs with a gap between them, three dots deep."""
    names = list(dict.fromkeys(people))
    gap = math.radians(20)
    whole = 2 * math.pi - gap * len(names)
    points = []
    start = -math.pi / 2 + gap / 2
    for number, name in enumerate(names):
        members = people.count(name)
        width = whole * members / len(people)
        depth = [place % len(CIRCLES) for place in range(members)]
        for place, ring_number in enumerate(depth):
            shift = 8 if number % 2 else -8
            points.append(ring_point(CIRCLES[ring_number][1] + shift, start + width * (place + 0.5) / members))
        start += width + gap
    return points


def ring_point(radius: float, angle: float) -> tuple[str, str]:
    """Place the upper left corner of one dot of 15."""
    return f"{240 + radius * math.cos(angle) - 7.5:.0f}", f"{240 + radius * math.sin(angle) - 7.5:.0f}"


def pips(done: int, total: int) -> SafeString:
    """Draw progress as at most twelve strokes; ``vote-card.js`` counts them in the same way.

    >>> pips(1, 3)
    '<i class="done"></i><i class="here"></i><i></i>'
    """
    count = min(max(total, 1), MOST_PIPS)
    reached = min(done * count // max(total, 1), count)
    kinds = [*["done"] * reached, *["here"] * (reached < count), *[""] * (count - reached - 1)]
    return format_html_join("", "<i{}></i>", ((format_html(' class="{}"', kind) if kind else "",) for kind in kinds))
