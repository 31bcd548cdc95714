"""The report's pictures as SVG text, and its style sheet: one dot is one person, one stacked bar is one set of people.

Nothing here is drawn by chance, and nothing comes from anywhere else: the same numbers are the same bytes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from itertools import accumulate
from typing import TYPE_CHECKING, Final, Literal

from onnuri.landscape.hull import convex_hull
from onnuri.vocabulary import NOT_PLACED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Point = tuple[float, float]
Ring = Literal["closed", "open", "apart"]

SHAPES: Final = {
    1: "M12 1.5C7.6 7.6 4.5 11.2 4.5 15a7.5 7.5 0 0 0 15 0c0-3.8-3.1-7.4-7.5-13.5Z",
    2: "M12 1.2 21.4 6.6v10.8L12 22.8 2.6 17.4V6.6Z",
    3: "M3 21C1.5 9 8.5 2.5 21.5 2.5 22 15.5 15.5 22.5 3 21Z",
    4: "M1 17a11 11 0 0 1 22 0Z",
    5: "m12 1 3.2 7 7.6.9-5.6 5.2 1.5 7.5-6.7-3.8-6.7 3.8 1.5-7.5L1.2 8.9 8.8 8Z",
}
"""Drop, hexagon, leaf, half sun, star: the shapes of the groups, in a box of 24."""
PATTERNS: Final = {
    1: '<path class="grain" d="M4.5 0V9" transform="rotate(45 4.5 4.5)"/>',
    2: '<circle class="grain-dot" cx="4.5" cy="4.5" r="1"/>',
    3: '<path class="grain" d="M0 4.5H9"/>',
    4: '<path class="grain" d="M4.5 0V9"/>',
    5: '<path class="grain" d="M4.5 2V7M2 4.5H7"/>',
}
"""What the area of each group is filled with, so that black and white print tells them apart too."""
ICONS: Final = {
    "holds": '<path d="m4.5 12.5 5 5 10-11"/>',
    "fails": '<path d="M6 6l12 12M18 6 6 18"/>',
    "told": '<path d="M5 12h14"/>',
}

CIRCLES: Final = ((44, 150), (50, 178), (56, 206))
"""How many of 150 dots each circle of the seal takes, and its radius in a box of 480."""
MOST_IN_SEAL: Final = 150
GOLDEN: Final = 0.6180339887
RING_GAP: Final = math.radians(44)
ARC_GAP: Final = math.radians(24)

MAP_WIDTH: Final = 720
MAP_MARGIN: Final = 44
MOST_ON_MAP: Final = 1500
HULL_SHARE: Final = 0.9
FEWEST_CORNERS: Final = 3


def symbols() -> str:
    """What every picture of the page refers to: shapes, the hatch of X, the grain of each group."""
    shapes = "".join(
        f'<symbol id="shape-{group}" viewBox="0 0 24 24"><path d="{path}"/></symbol>' for group, path in SHAPES.items()
    )
    grains = "".join(
        f'<pattern id="grain-{group}" data-group="{group}" width="9" height="9" patternUnits="userSpaceOnUse">'
        f"{grain}</pattern>"
        for group, grain in PATTERNS.items()
    )
    return (
        f'<svg class="unseen" width="0" height="0" aria-hidden="true"><defs>{shapes}{grains}'
        '<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<line class="hatch" y2="6"/></pattern></defs></svg>'
    )


def mark() -> str:
    """Onnuri's own sign: nine dots in a circle."""
    return (
        '<svg class="mark" viewBox="0 0 28 28" aria-hidden="true"><circle cx="14" cy="14" r="10.5" pathLength="9" '
        'fill="none" stroke="currentColor" stroke-width="5" stroke-linecap="round" stroke-dasharray="0 1"/></svg>'
    )


def icon(name: str) -> str:
    """A tick, a cross or a dash; the words stand beside it."""
    return f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{ICONS[name]}</svg>'


def shape(group: int) -> str:
    """A group's shape in its colour."""
    return f'<svg class="shape" data-group="{group}" aria-hidden="true"><use href="#shape-{group}"/></svg>'


def swatch(kind: str) -> str:
    """The sample of a bar's part beside its word: o, p or x."""
    hatch = '<rect width="12" height="12" rx="3" fill="url(#hatch)"/>' if kind == "x" else ""
    return (
        '<svg class="swatch" viewBox="0 0 12 12" aria-hidden="true">'
        f'<rect class="{kind}" width="12" height="12" rx="3"/>{hatch}</svg>'
    )


def bar(agree: int, unsure: int, disagree: int, words: str) -> str:
    """O, not sure and X in percent as one stacked bar; the last is hatched, `words` say it aloud."""
    second = agree + unsure
    return (
        f'<svg class="bar" role="img" aria-label="{escape(words)}">'
        f'<rect class="o" width="{agree}%" height="100%"/>'
        f'<rect class="p" x="{agree}%" width="{unsure}%" height="100%"/>'
        f'<rect class="x" x="{second}%" width="{disagree}%" height="100%"/>'
        f'<rect x="{second}%" width="{disagree}%" height="100%" fill="url(#hatch)"/>'
        f'<rect class="gap" x="{agree}%" width="2" height="100%"/>'
        f'<rect class="gap" x="{second}%" width="2" height="100%"/></svg>'
    )


# ---- the seal ------------------------------------------------------------------------------------------------


def seal_ring(sizes: Mapping[int, int], *, ring: Ring, text: str, words: str) -> str:
    """The people as a circle of dots.

    Args:
        sizes: people by group id, NOT_PLACED for those without one.
        ring: closed = ratified; open = a circle with a gap, proposed only; apart = arcs that do not meet.
        text: what stands in the middle.
        words: the same, said aloud.
    """
    dots = dots_of(sizes)
    people = list(dots) if ring == "apart" else _mixed(dots)
    places = _arcs(people) if ring == "apart" else _circles(len(people), 0.0 if ring == "closed" else RING_GAP)
    drawn = "".join(
        _dots(group, [at for who, at in zip(people, places, strict=True) if who == group], 15)
        for group in dict.fromkeys(dots)
    )
    return (
        f'<svg class="seal" viewBox="0 0 480 480" role="img" aria-label="{escape(words)}">{drawn}'
        f'<text x="240" y="272" font-size="92">{escape(text)}</text></svg>'
    )


def dots_of(sizes: Mapping[int, int]) -> list[int]:
    """A group id for each dot, at most 150, in the groups' proportions by largest remainder.

    >>> dots_of({1: 2, 2: 1}), len(dots_of({1: 491, 2: 407, 3: 150}))
    ([1, 1, 2], 150)
    """
    total = sum(sizes.values())
    count = min(total, MOST_IN_SEAL)
    whole = {group: size * count // total for group, size in sizes.items()} if total else {}
    order = sorted(whole, key=lambda group: (-(sizes[group] * count % total), group))
    for group in order[: count - sum(whole.values())]:
        whole[group] += 1
    return [group for group, dots in whole.items() for _ in range(dots)]


def _mixed(dots: Sequence[int]) -> list[int]:
    """The golden ratio spreads every group evenly, without chance."""
    order = sorted(range(len(dots)), key=lambda place: place * GOLDEN % 1)
    return [dots[place] for place in order]


def _circles(count: int, gap: float) -> list[Point]:
    """`count` dots on three circles, with a gap at the top."""
    ends = [round(count * part / MOST_IN_SEAL) for part in accumulate(seats for seats, _ in CIRCLES)]
    ends[-1] = count
    return [
        _on_ring(radius, -math.pi / 2 + gap / 2 + (2 * math.pi - gap) * (place + 0.5) / (end - start))
        for (start, end), (_, radius) in zip(zip([0, *ends], ends, strict=False), CIRCLES, strict=True)
        for place in range(end - start)
    ]


def _arcs(people: Sequence[int]) -> list[Point]:
    """Each group as an arc three dots deep, with gaps between."""
    groups = list(dict.fromkeys(people))
    free = 2 * math.pi - ARC_GAP * len(groups)
    places: list[Point] = []
    start = -math.pi / 2 + ARC_GAP / 2
    for number, group in enumerate(groups):
        members = people.count(group)
        width = free * members / len(people)
        shift = 9 if number % 2 else -9
        places.extend(
            _on_ring(CIRCLES[place % 3][1] + shift, start + width * (place + 0.5) / members) for place in range(members)
        )
        start += width + ARC_GAP
    return places


def _on_ring(radius: float, angle: float) -> Point:
    return 240 + radius * math.cos(angle), 240 + radius * math.sin(angle)


def _dots(group: int, places: Sequence[Point], size: float) -> str:
    """The dots of one group around their middles; who is not placed is a small plain one."""
    if group == NOT_PLACED:
        radius = f"{size / 4:.1f}"
        drawn = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}"/>' for x, y in places)
        return f'<g class="rest">{drawn}</g>'
    drawn = "".join(
        f'<use href="#shape-{group}" x="{x - size / 2:.1f}" y="{y - size / 2:.1f}" width="{size:g}" height="{size:g}"/>'
        for x, y in places
    )
    return f'<g class="dots" data-group="{group}">{drawn}</g>'


# ---- the opinion map -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Name:
    """What stands beside a group on the map."""

    title: str
    people: str


@dataclass(frozen=True)
class _Outline:
    """`corners` of a group's area, a little wider than its people."""

    group: int
    corners: list[Point]

    def ends(self) -> tuple[float, float, float]:
        """Middle across, top and bottom."""
        across, down = zip(*self.corners, strict=True)
        return (min(across) + max(across)) / 2, min(down), max(down)


def opinion_map(people: Sequence[tuple[int, float, float]], names: Mapping[int, Name], words: str) -> str:
    """Everybody where their answers put them.

    Args:
        people: (group id or NOT_PLACED, x, y), at most 1 from the middle; thinned evenly beyond 1,500.
        names: by group id, in the order drawn; empty = no areas and no names.
        words: said aloud.
    """
    placed, height = _fitted(people)
    shown = thinned(placed)
    size = _dot_size(len(shown))
    outlines = [_outline(g, [at for who, at in placed if who == g]) for g in names]
    dots = "".join(_dots(g, [at for who, at in shown if who == g], size) for g in [NOT_PLACED, *SHAPES])
    return (
        f'<svg class="map" viewBox="0 0 {MAP_WIDTH} {height}" role="img" aria-label="{escape(words)}">'
        f"{''.join(map(_area, outlines))}{dots}{_names(outlines, names, height)}</svg>"
    )


def thinned(people: Sequence[tuple[int, Point]]) -> list[tuple[int, Point]]:
    """At most 1,500 of them, evenly by their order."""
    most = min(len(people), MOST_ON_MAP)
    return [people[place * len(people) // most] for place in range(most)]


def _fitted(people: Sequence[tuple[int, float, float]]) -> tuple[list[tuple[int, Point]], int]:
    """Everybody moved into the picture, both directions by one scale; and the picture's height."""
    if not people:
        return [], MAP_WIDTH // 2
    across, down = [p[1] for p in people], [p[2] for p in people]
    wide, high = max(max(across) - min(across), 1e-6), max(max(down) - min(down), 1e-6)
    inner = MAP_WIDTH - 2 * MAP_MARGIN
    scale = min(inner / wide, 0.78 * inner / high)
    height = max(round(high * scale) + 2 * MAP_MARGIN, MAP_WIDTH // 2)
    middle = (min(across) + max(across)) / 2, (min(down) + max(down)) / 2
    return [
        (group, (MAP_WIDTH / 2 + (x - middle[0]) * scale, height / 2 + (y - middle[1]) * scale))
        for group, x, y in people
    ], height


def _dot_size(people: int) -> float:
    return max(6.0, min(13.0, 13 * math.sqrt(220 / max(people, 1))))


def _outline(group: int, places: Sequence[Point]) -> _Outline:
    corners = convex_hull(_nearest_share(places))
    if len(corners) < FEWEST_CORNERS:
        return _Outline(group, [])
    middle = _middle(corners)
    return _Outline(group, [_away(corner, middle, 14) for corner in corners])


def _away(point: Point, middle: Point, by: float) -> Point:
    """`point` moved away from `middle`."""
    far = max(math.dist(point, middle), 1e-6)
    return point[0] + by * (point[0] - middle[0]) / far, point[1] + by * (point[1] - middle[1]) / far


def _nearest_share(places: Sequence[Point]) -> list[Point]:
    """The nine tenths nearest their middle: one stray person draws no area."""
    if not places:
        return []
    middle = _middle(places)
    order = sorted(places, key=lambda at: (math.dist(at, middle), at))
    return order[: math.ceil(HULL_SHARE * len(order))] if len(order) * (1 - HULL_SHARE) > 1 else order


def _middle(places: Sequence[Point]) -> Point:
    return sum(at[0] for at in places) / len(places), sum(at[1] for at in places) / len(places)


def _area(outline: _Outline) -> str:
    """The outline, rounded, filled with the group's tint and grain."""
    if not outline.corners:
        return ""
    path = _rounded(outline.corners)
    return (
        f'<g data-group="{outline.group}"><path class="area" d="{path}"/>'
        f'<path class="area-grain" fill="url(#grain-{outline.group})" d="{path}"/></g>'
    )


def _rounded(corners: Sequence[Point]) -> str:
    """A closed curve through the middles of the sides, drawn towards the corners."""
    middles = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in zip(corners, [*corners[1:], corners[0]], strict=True)]
    bends = zip([*corners[1:], corners[0]], [*middles[1:], middles[0]], strict=True)
    curve = "".join(f"Q{c[0]:.0f} {c[1]:.0f} {m[0]:.0f} {m[1]:.0f}" for c, m in bends)
    return f"M{middles[0][0]:.0f} {middles[0][1]:.0f}{curve}Z"


def _names(outlines: Sequence[_Outline], names: Mapping[int, Name], height: float) -> str:
    """Each name above its area, or below it where another name is in the way."""
    taken: list[Point] = []
    drawn = []
    for outline in outlines:
        if not outline.corners:
            continue
        middle, top, bottom = outline.ends()
        x = min(max(middle, 70), MAP_WIDTH - 70)
        choices = [(x, max(top - 8, 52)), (x, min(bottom + 44, height - 8)), (x, (top + bottom) / 2)]
        at = next((c for c in choices if not any(_meet(c, other) for other in taken)), choices[-1])
        taken.append(at)
        name = names[outline.group]
        drawn.append(
            f'<text class="map-name" x="{at[0]:.0f}" y="{at[1] - 20:.0f}">{escape(name.title)}</text>'
            f'<text class="map-count" x="{at[0]:.0f}" y="{at[1]:.0f}">{escape(name.people)}</text>'
        )
    return "".join(drawn)


def _meet(one: Point, two: Point) -> bool:
    return abs(one[0] - two[0]) < 130 and abs(one[1] - two[1]) < 48  # noqa: PLR2004 - about a name's width and height


# ---- the style sheet -----------------------------------------------------------------------------------------

STYLE: Final = """
:root{color-scheme:light dark;
--font:"Pretendard GOV Variable","Pretendard Variable",system-ui,"Apple SD Gothic Neo","Noto Sans KR",
"Noto Sans CJK KR","Malgun Gothic",sans-serif;
--font-record:"Noto Serif KR","Noto Serif CJK KR","Nanum Myeongjo",AppleMyungjo,var(--font);
--font-mono:ui-monospace,"SF Mono",Menlo,Consolas,"Noto Sans Mono CJK KR",monospace;
--xs:.8125rem;--sm:.9063rem;--md:1.0625rem;--lg:1.1875rem;--xl:clamp(1.3125rem,1.2rem + .6vw,1.5625rem);
--paper:#fbfaf7;--sunk:#f3f0e9;--surface:#fff;--line:#e4dfd5;--line-strong:#8a8478;--ink:#1d2433;--muted:#586172;
--accent:#1f4e8c;--accent-soft:#e8eef7;--agree:#0b6bb8;--pass-bar:#8f8577;--disagree:#b3400e;
--good:#17694f;--good-soft:#e4f2ec;--warn:#80540a;--warn-soft:#fbf0d9;
--group-1:#07559a;--group-2:#7e472f;--group-3:#11928f;--group-4:#4f1c2f;--group-5:#8b8707}
@media screen and (prefers-color-scheme:dark){:root{
--paper:#12161f;--sunk:#0d1118;--surface:#1a202c;--line:#2c3444;--line-strong:#7b869b;--ink:#eef1f6;--muted:#a9b2c3;
--accent:#8db8f0;--accent-soft:#1f2d44;--agree:#6cb6ff;--pass-bar:#978d80;--disagree:#ff9a66;
--good:#6fd0ab;--good-soft:#16302a;--warn:#eec06a;--warn-soft:#33290f;
--group-1:#7c9bfd;--group-2:#e5966e;--group-3:#6fe6f0;--group-4:#9c6883;--group-5:#f3e36a}}
*,::before,::after{box-sizing:border-box}
*{margin:0}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{background:var(--paper);color:var(--ink);font:400 var(--md)/1.6 var(--font);font-variant-numeric:tabular-nums;
overflow-wrap:anywhere}
:lang(ko){word-break:keep-all}
h1,h2,h3{font-weight:700;line-height:1.3;letter-spacing:-.015em;text-wrap:balance}
h1{font-size:clamp(1.75rem,1.3rem + 2.4vw,3rem)}
h2{font-size:var(--xl);margin-block-end:.75rem}
h3{font-size:var(--lg)}
p,dd,td{text-wrap:pretty}
ul,ol{padding:0;list-style:none}
b,th{font-weight:600}
svg{display:block;max-inline-size:100%}
.unseen{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.muted{color:var(--muted)}
.small{font-size:var(--sm)}
.after{margin-block-end:1rem}
.para{margin-block-start:1rem}
[data-group="1"]{--tone:var(--group-1)}[data-group="2"]{--tone:var(--group-2)}[data-group="3"]{--tone:var(--group-3)}
[data-group="4"]{--tone:var(--group-4)}[data-group="5"]{--tone:var(--group-5)}

main{max-inline-size:46rem;margin-inline:auto;padding:1.25rem 1rem 4rem}
.brand{display:flex;align-items:center;gap:.5rem;font-weight:700}
.brand span:last-child{margin-inline-start:auto;font-weight:400;color:var(--muted);font-size:var(--sm)}
.mark{inline-size:1.5rem;block-size:1.5rem;color:var(--accent)}
.head{display:grid;gap:1rem;margin-block-start:2rem;padding-block-end:1.5rem;border-block-end:2px solid var(--ink)}
.head>div{display:grid;gap:.75rem;align-content:start;min-inline-size:0}
.head .seal{inline-size:9rem;block-size:9rem}
.head p{max-inline-size:36rem}
.lead{font-size:var(--lg);color:var(--ink)}
@media (min-width:38rem){.head{grid-template-columns:minmax(0,1fr) 11rem;column-gap:2rem}
.head .seal{inline-size:11rem;block-size:11rem}}
.seal text{fill:var(--ink);font-weight:700;text-anchor:middle;letter-spacing:-.02em}
.dots{fill:var(--tone)}
.rest{fill:var(--line-strong)}
.chips{display:flex;flex-wrap:wrap;align-items:center;gap:.375rem .5rem}
.chip{display:inline-block;padding:.1875rem .625rem;border-radius:1rem;background:var(--sunk);color:var(--muted);
font-size:var(--xs);font-weight:600;line-height:1.5}
.chip-accent{background:var(--accent-soft);color:var(--accent)}
.chip-good{background:var(--good-soft);color:var(--good)}
.chip-warn{background:var(--warn-soft);color:var(--warn)}
section{padding-block-start:2.75rem}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(7.5rem,1fr));gap:.875rem 1.25rem;
margin-block-start:1.25rem}
.facts dt{color:var(--muted);font-size:var(--sm)}
.facts dd{font-size:var(--lg);font-weight:700;line-height:1.35}
.facts small{display:block;font-size:var(--xs);font-weight:400;color:var(--muted)}

.legend{display:flex;flex-wrap:wrap;gap:.25rem 1rem;color:var(--muted);font-size:var(--sm)}
.legend span{display:inline-flex;align-items:center;gap:.4em}
.swatch{inline-size:.8em;block-size:.8em;flex:none}
.bar .o,.swatch .o{fill:var(--agree)}.bar .p,.swatch .p{fill:var(--pass-bar)}.bar .x,.swatch .x{fill:var(--disagree)}
.bar .gap{fill:var(--surface)}
.hatch{stroke:var(--surface);stroke-width:1.75;opacity:.65}
.bar{inline-size:100%;block-size:.75rem;border-radius:.25rem;background:var(--line);overflow:hidden}
.group{display:inline-flex;align-items:baseline;gap:.4em;font-weight:600}
.shape{inline-size:1em;block-size:1em;flex:none;align-self:center;fill:var(--tone,currentcolor)}

.lines{counter-reset:line}
.lines>li{counter-increment:line;display:grid;grid-template-columns:2.25rem minmax(0,1fr);padding-block:1.375rem;
border-block-end:1px solid var(--line)}
.lines>li::before{content:counter(line);font-size:var(--xl);font-weight:700;line-height:1.45;color:var(--accent)}
.lines-plain>li{grid-template-columns:minmax(0,1fr)}
.lines-plain>li::before{content:none}
.text{font-size:var(--lg);font-weight:600;line-height:1.5;margin-block-end:.75rem;text-wrap:pretty}
.lines:not(.lines-plain) .text{font-size:var(--xl)}
.ratified{font-family:var(--font-record);font-weight:700}
@media (max-width:30rem){.lines>li{grid-template-columns:minmax(0,1fr)}}

.votes{display:block;font-size:var(--sm);line-height:1.4}
.votes thead,.votes tbody{display:block}
.votes tr{display:grid;align-items:center;column-gap:.25rem;padding-block:.3rem;
grid-template-columns:minmax(0,1fr) 2.875rem 3.125rem 3.375rem 2.5rem 3rem}
.votes th{text-align:start;min-inline-size:0}
.votes thead th{color:var(--muted);font-size:var(--xs);font-weight:400}
.votes td,.votes thead th{text-align:end;white-space:nowrap}
.votes td:nth-child(3){font-weight:700}
.votes .picture{grid-row:2;grid-column:1/-1}
.votes thead .picture{display:none}
.votes .few{grid-column:2/-1;text-align:start;white-space:normal;color:var(--muted)}
.votes .light th{font-weight:400;color:var(--muted)}
.votes .tag{display:block;font-size:var(--xs);font-weight:400;color:var(--muted)}
@media (max-width:38rem){.votes thead th{font-size:.75rem}}
@media (max-width:24rem){.votes tr{grid-template-columns:repeat(5,1fr)}
.votes tbody th,.votes .few{grid-column:1/-1}
.votes thead th:first-child{display:none}
.votes .picture{grid-row:3}}
@media (min-width:38rem){
.votes tr{column-gap:.5rem;grid-template-columns:8rem minmax(0,1fr) 3rem 4.25rem 4rem 3.25rem 3.75rem}
.votes .picture{grid-row:auto;grid-column:auto}
.votes thead .picture{display:block}}
.foot{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin-block-start:.625rem;padding-block-start:.625rem;
border-block-start:1px solid var(--line);color:var(--muted);font-size:var(--sm)}
.foot b{color:var(--ink)}
.foot .whole{flex-basis:100%}
.why{display:flex;gap:.5rem;margin-block-start:.5rem;color:var(--warn);font-size:var(--sm);font-weight:600}
.icon{inline-size:1.25em;block-size:1.25em;flex:none;fill:none;stroke:currentcolor;stroke-width:2;
stroke-linecap:round;stroke-linejoin:round}
.why .icon{margin-block-start:.15em}

.dissent{border-inline-start:4px solid var(--tone,var(--line-strong));padding:.25rem 1.25rem;margin-block-start:1rem}
.dissent p{display:grid;justify-items:start}
.dissent blockquote{margin:.5rem 0 0;font-size:var(--lg);line-height:1.55}

.map{inline-size:100%;block-size:auto;border:1px solid var(--line);border-radius:1.25rem;background:var(--surface)}
.area{fill:var(--tone);fill-opacity:.08;stroke:var(--tone);stroke-width:1.5;stroke-opacity:.6}
.area-grain{opacity:.22}
.grain{stroke:var(--tone);fill:none;stroke-width:1}
.grain-dot{fill:var(--tone)}
.map .dots{stroke:var(--surface);stroke-width:1}
.map .rest{opacity:.7}
.map text{text-anchor:middle;paint-order:stroke;stroke:var(--surface);stroke-width:8;stroke-linejoin:round}
.map-name{fill:var(--ink);font-weight:700;font-size:22px}
.map-count{fill:var(--muted);font-weight:600;font-size:17px}
@media (max-width:38rem){.map-name{font-size:30px}.map-count{font-size:22px;transform:translateY(4px)}}

.table{inline-size:100%;border-collapse:collapse;font-size:var(--sm)}
.table th,.table td{padding:.5rem .75rem;text-align:start;vertical-align:baseline;
border-block-end:1px solid var(--line)}
.table th:first-child{padding-inline-start:0;min-inline-size:6.5rem}
.table thead th{color:var(--muted);font-weight:400;font-size:var(--xs)}
.table td.figure,.table .group{white-space:nowrap}
.table .figure{text-align:end}
.table ul li+li{margin-block-start:.5rem}
.stacked{margin-block-start:1rem}
@media (max-width:38rem){.table th,.table td{padding-inline:.375rem}
.stacked thead{display:none}
.stacked,.stacked tbody,.stacked tr,.stacked th,.stacked td{display:block}
.stacked tr{padding-block:.75rem;border-block-end:1px solid var(--line)}
.stacked th,.stacked td,.stacked .figure{padding:.125rem 0;border:0;text-align:start;white-space:normal}}

.status{border-block-start:1px solid var(--line)}
.status li{display:grid;grid-template-columns:1.5rem minmax(0,1fr) auto;gap:.25rem .75rem;padding-block:.75rem;
border-block-end:1px solid var(--line)}
.status .icon{margin-block-start:.2em}
.status small{display:block;color:var(--muted);font-size:var(--sm)}
.status>li>b{font-size:var(--sm)}
@media (max-width:38rem){.status li{grid-template-columns:1.5rem minmax(0,1fr)}.status>li>b{grid-column:2}}
.holds>.icon,.holds>b{color:var(--good)}
.fails>.icon,.fails>b{color:var(--disagree)}
.told>.icon,.told>b{color:var(--muted)}

.pairs{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,19rem),1fr));
column-gap:2rem;font-size:var(--sm)}
.pairs div{display:flex;justify-content:space-between;gap:1rem;padding-block:.375rem;
border-block-end:1px solid var(--line)}
.pairs dt{color:var(--muted)}
.pairs dd{flex:none;max-inline-size:50%;font-weight:600;text-align:end}
.proof{padding:1.25rem;border-radius:1.25rem;background:var(--sunk)}
.proof pre{margin-block:.5rem 1rem;padding:.75rem 1rem;border:1px solid var(--line);border-radius:.75rem;
background:var(--surface);font:400 var(--sm)/1.7 var(--font-mono);white-space:pre-wrap}
.proof dt{color:var(--muted);font-size:var(--sm);margin-block-start:.75rem}
.hash{font-family:var(--font-mono);font-size:var(--sm);word-break:break-all;line-height:1.6}
footer{margin-block-start:2.75rem;padding-block-start:1rem;border-block-start:2px solid var(--ink);font-size:var(--sm)}
footer p+p{margin-block-start:.5rem}

@media (prefers-contrast:more){:root{--line:var(--line-strong);--muted:var(--ink)}}
@media (forced-colors:active){.bar,.map,.seal,.shape,.swatch{forced-color-adjust:none}}
@page{size:A4;margin:17mm 17mm 19mm}
@media print{
:root{--paper:#fff;--sunk:#fff;--md:1rem;--lg:1.1rem;--xl:1.25rem}
html{font-size:9.75pt}
main{max-inline-size:none;padding:0}
.head{margin-block-start:1rem}
h1{font-size:2.25rem}
section{padding-block-start:1.75rem}
.chip{border:1px solid var(--line-strong);background:none}
.proof{border:1px solid var(--line-strong)}
h2,h3,thead,.legend,.after{break-after:avoid}
.lines>li,.dissent,.proof,.map,.facts,.status li,.pairs,.table tr,.votes,.after,footer{break-inside:avoid}
.lines>li{padding-block:.9rem}
p,li{orphans:3;widows:3}}
"""
