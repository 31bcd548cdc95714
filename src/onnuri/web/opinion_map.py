"""The opinion map: up to a thousand people a dot each, beyond that how densely they stand; the same as a table.

Where rows are sealed nobody's place is shown, however few they are: a dot is a row of answers drawn small.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from onnuri.publishing.models import PublishedLandscape
from onnuri.web import shown
from onnuri.web.density import bins, mark_width, width_for
from onnuri.web.hull import Point, ellipse, hull, inner_share, path_of
from onnuri.web.where import centre_of, members_of, row_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from onnuri.conversation.models import Conversation, Voice

Content = dict[str, Any]
MOST_DOTS: Final = 1000
BOX: Final = 400
REACH: Final = 176
"""Half the box without its rim."""
LABEL_ROOM: Final = 22
"""Above a hull stand its name and, sixteen lower, its head count."""
RIM: Final = 44
"""So far from the sides half a head count has room."""
TYPICAL: Final = 2
FEWEST_FOR_TYPICAL: Final = 5
PICTURES_KEPT: Final = 8


def map_content(conversation: Conversation, voice: Voice | None) -> Content:
    """Dots or densities, hulls and names in a box of 400 x 400, and the same as a table."""
    published = shown.latest_landscape(conversation)
    content: Content = {
        "conversation": shown.conversation_shown(conversation),
        "landscape": shown.landscape_shown(published),
        "groups": [],
        "dots": [],
        "density": [],
        "former": {},
        "me": None,
        "masked": False,
        "shown_variance_pct": None,
    }
    if published is None:
        return content
    told = published.document
    row = None if voice is None else row_of(told, voice)
    crowd, drawn = _PICTURES.of(published)
    groups = _groups_on_map(conversation, told, drawn)
    return {
        **content,
        "groups": groups,
        "masked": any(one["masked"] for one in groups),
        "dots": [] if by_density(published) else _dots(told),
        "density": crowd,
        "former": _former(published),
        "me": None if row is None else dict(zip(("x", "y"), _placed(told, row), strict=True)),
        "shown_variance_pct": shown.percent(told["shown_variance"], 1),
    }


def names_content(conversation: Conversation) -> Content:
    """The same where the map itself is not shown: only what the groups are called."""
    published = shown.latest_landscape(conversation)
    return {
        "landscape": shown.landscape_shown(published),
        "groups": [] if published is None else shown.groups_shown(published.document),
        "dots": [],
        "density": [],
        "former": {},
        "masked": False,
        "shown_variance_pct": None,
    }


def _placed(told: Mapping[str, Any], row: int) -> tuple[float, float]:
    return on_box(told["people"]["x"][row], told["people"]["y"][row])


def on_box(x: float, y: float) -> tuple[float, float]:
    """From -1..1 to the box; up is up."""
    return round(BOX / 2 + REACH * x, 1), round(BOX / 2 - REACH * y, 1)


# ---- people


def by_density(published: PublishedLandscape) -> bool:
    """Whether this landscape is drawn without a dot for anybody."""
    return len(published.document["people"]["id"]) > MOST_DOTS or is_sealed(published)


def is_sealed(published: PublishedLandscape) -> bool:
    """Whether rows of answers are for auditors alone."""
    return bool(published.round.conversation.rules.get("rows") == "sealed")


def _dots(told: Mapping[str, Any]) -> list[Content]:
    """One dot a person, in an order that says nothing of who is who from round to round."""
    return [{"group": group, "x": x, "y": y} for group, x, y in sorted(_people(told))]


def _people(told: Mapping[str, Any]) -> list[tuple[int, float, float]]:
    """(group, x, y) of everybody; 0 = no group, or one that is withheld, whose dots could be counted."""
    people = told["people"]
    named = {g["id"] for g in shown.groups_shown(told) if not g["masked"]}
    rows = zip(people["group"], people["x"], people["y"], strict=True)
    return [(group if group in named else 0, *on_box(x, y)) for group, x, y in rows]


def _former(published: PublishedLandscape) -> dict[int, str]:
    """Where the dots of each group stood after the round before, so that a page can show how the picture moved.

    Only places, in order of place: the page takes for every dot the nearest former one, which need not be its own.
    """
    if by_density(published):
        return {}
    before = (
        PublishedLandscape.objects.filter(
            round__conversation=published.round.conversation_id, round__number__lt=published.round.number
        )
        .order_by("-round__number")
        .first()
    )
    if before is None or by_density(before):
        return {}
    dots = [(dot["group"], f"{dot['x']:.0f} {dot['y']:.0f}") for dot in _dots(before.document)]
    return {group: " ".join(place for _, place in own) for group, own in groupby(dots, key=lambda dot: dot[0])}


class _Pictures:
    """What was drawn of large landscapes: the same for everybody, and slow to draw."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[int, str], tuple[list[Content], dict[int, Content]]] = OrderedDict()

    def of(self, published: PublishedLandscape) -> tuple[list[Content], dict[int, Content]]:
        """(densities, outlines by group)."""
        told = published.document
        if not by_density(published):
            return [], outlines(told, hull)
        key = published.pk, published.digest
        # Everybody asks at once when a round closes: one draws, the others wait for it.
        with self._lock:
            if key not in self._kept:
                self._kept[key] = density(told), outlines(told, ellipse if is_sealed(published) else hull)
            self._kept.move_to_end(key)
            while len(self._kept) > PICTURES_KEPT:
                self._kept.popitem(last=False)
            return self._kept[key]


_PICTURES: Final = _Pictures()


def density(told: Mapping[str, Any]) -> list[Content]:
    """Cells of the honeycomb by group and by how many people they hold at least.

    Returns: rows of {"group", "people", "width": of the mark, "at": [[x, y], ...]}; group 0 = none, or withheld.
    """
    people = sorted(_people(told))
    width = width_for(len(people))
    cells = {
        group: bins(((x, y) for _, x, y in own), width=width) for group, own in groupby(people, key=lambda one: one[0])
    }
    densest = max((cell.people for own in cells.values() for cell in own), default=0)
    return [
        {
            "group": group,
            "people": step,
            "width": mark_width(step, densest, width),
            "at": [[cell.x, cell.y] for cell in own if cell.people == step],
        }
        for group, own in cells.items()
        for step in sorted({cell.people for cell in own}, reverse=True)
    ]


# ---- groups


def outlines(told: Mapping[str, Any], shape: Callable[[list[Point]], list[Point]]) -> dict[int, Content]:
    """Outline and place of the name of every group; of one that is withheld there is neither."""
    withheld = {number for number, one in shown.groups_by_id(told).items() if one["masked"]}
    nothing = {"hull": "", "label_x": None, "label_y": None}
    return {
        group: nothing if group in withheld else _outline([on_box(*place) for place in places], shape)
        for group, places in members_of(told).items()
    }


def _outline(points: list[Point], shape: Callable[[list[Point]], list[Point]]) -> Content:
    middle, corners = centre_of(points), shape(points)
    return {
        "hull": path_of(corners),
        "label_x": min(max(round(middle[0]), RIM), BOX - RIM),
        "label_y": max(LABEL_ROOM, round(min(p[1] for p in corners or inner_share(points))) - LABEL_ROOM),
    }


def _groups_on_map(conversation: Conversation, told: Mapping[str, Any], drawn: Mapping[int, Content]) -> list[Content]:
    if told["k"] == 1:
        return []
    statements, named = shown.statements_by_number(conversation), shown.groups_by_id(told)
    found = []
    for group in told["groups"]:
        typical = [statements[n] for n in _typical(told, group["id"]) if n in statements]
        found.append(
            {
                **named[group["id"]],
                **drawn.get(group["id"], {"hull": "", "label_x": None, "label_y": None}),
                "typical": [{"text": s.text, "lang": s.lang} for s in typical],
            }
        )
    return found


def _typical(told: Mapping[str, Any], group: int) -> list[int]:
    """What this group supports most beyond all the others."""
    lead = {}
    for number, figures in told["by_statement"].items():
        own = figures["by_group"][str(group)]
        others = [f for g, f in figures["by_group"].items() if g != str(group)]
        if own["agree"] + own["pass"] + own["disagree"] >= FEWEST_FOR_TYPICAL:
            lead[int(number)] = own["lower"] - max((f["upper"] for f in others), default=1.0)
    return sorted(lead, key=lambda n: (-lead[n], n))[:TYPICAL]
