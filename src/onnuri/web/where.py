"""Where we stand: sentences and bars first, the map second. Only what a closed round has shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from onnuri.conversation.interlude import POLLS
from onnuri.conversation.models import Voice
from onnuri.web import shown
from onnuri.web.hull import hull_path

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from onnuri.conversation.models import Conversation

Content = dict[str, Any]
MOST_SHOWN: Final = 12
MOST_DOTS: Final = 1000
BOX: Final = 400
REACH: Final = 176
"""Half the box without its rim."""
LABEL_ROOM: Final = 22
"""Above a hull stand its name and, sixteen lower, its head count."""
TYPICAL: Final = 2
FEWEST_FOR_TYPICAL: Final = 5


def where_content(conversation: Conversation, voice: Voice | None) -> Content:
    """What all groups share, where they differ, and which group this phone is near."""
    published = shown.latest_landscape(conversation)
    content: Content = {
        "conversation": shown.conversation_shown(conversation),
        "landscape": shown.landscape_shown(published),
        "groups": [],
        "me": None,
        "common": [],
        "divisive": [],
        "needs_votes": [],
        "simulated": conversation.simulated,
        "polls": conversation.interludes.filter(kind__in=POLLS, result__isnull=False).exists(),
    }
    if published is None:
        return content
    told = published.document
    statements = shown.statements_by_number(conversation)
    return {
        **content,
        "groups": shown.groups_shown(told),
        "me": _me(told, voice),
        "common": shown.findings(told, told["common_ground"][:MOST_SHOWN], statements),
        "divisive": shown.findings(told, told["divisive"][:MOST_SHOWN], statements),
        "needs_votes": [
            {"id": n, "text": statements[n].text, "lang": statements[n].lang, "n": _answers(told, n)}
            for n in told["needs_votes"][:MOST_SHOWN]
            if n in statements
        ],
    }


def _answers(told: Mapping[str, Any], number: int) -> int:
    own = told["by_statement"][str(number)]
    return int(own["agree"] + own["pass"] + own["disagree"])


def _me(told: Mapping[str, Any], voice: Voice | None) -> Content | None:
    if voice is None or told["k"] == 1 or (row := _row_of(told, voice)) is None:
        return None
    groups = shown.groups_by_id(told)
    own = told["people"]["group"][row]
    if own is not None:
        return {"group": groups[own], "near": None}
    return {"group": None, "near": groups[_nearest(told, row)]}


def _row_of(told: Mapping[str, Any], voice: Voice) -> int | None:
    ids = told["people"]["id"]
    return ids.index(voice.pk) if voice.pk in ids else None


def _nearest(told: Mapping[str, Any], row: int) -> int:
    x, y = told["people"]["x"], told["people"]["y"]
    centres = {g: _centre(members) for g, members in _members(told).items()}
    return min(centres, key=lambda g: (centres[g][0] - x[row]) ** 2 + (centres[g][1] - y[row]) ** 2)


def _members(told: Mapping[str, Any]) -> dict[int, list[tuple[float, float]]]:
    people = told["people"]
    found: dict[int, list[tuple[float, float]]] = {}
    for group, x, y in zip(people["group"], people["x"], people["y"], strict=True):
        if group is not None:
            found.setdefault(group, []).append((x, y))
    return found


def _centre(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points)


def map_content(conversation: Conversation, voice: Voice | None) -> Content:
    """Dots, hulls and names in a box of 400 x 400, and the same as a table."""
    published = shown.latest_landscape(conversation)
    content: Content = {
        "conversation": shown.conversation_shown(conversation),
        "landscape": shown.landscape_shown(published),
        "groups": [],
        "dots": [],
        "me": None,
        "shown_variance_pct": None,
    }
    if published is None:
        return content
    told = published.document
    row = None if voice is None else _row_of(told, voice)
    return {
        **content,
        "groups": _groups_on_map(conversation, told),
        "dots": _dots(told),
        "me": None if row is None else dict(zip(("x", "y"), _placed(told, row), strict=True)),
        "shown_variance_pct": shown.percent(told["shown_variance"], 1),
    }


def _placed(told: Mapping[str, Any], row: int) -> tuple[float, float]:
    return on_box(told["people"]["x"][row], told["people"]["y"][row])


def on_box(x: float, y: float) -> tuple[float, float]:
    """From -1..1 to the box; up is up."""
    return round(BOX / 2 + REACH * x, 1), round(BOX / 2 - REACH * y, 1)


def _dots(told: Mapping[str, Any]) -> list[Content]:
    people = told["people"]
    step = max(1, -(-len(people["id"]) // MOST_DOTS))
    # Who can count the dots of a group knows its size.
    named = {g["id"] for g in shown.groups_shown(told) if not g["masked"]}
    return [
        {"x": x, "y": y, "group": group if (group := people["group"][row]) in named else 0}
        for row in range(0, len(people["id"]), step)
        for x, y in [_placed(told, row)]
    ]


def _groups_on_map(conversation: Conversation, told: Mapping[str, Any]) -> list[Content]:
    if told["k"] == 1:
        return []
    statements = shown.statements_by_number(conversation)
    members, named = _members(told), shown.groups_by_id(told)
    found = []
    for group in told["groups"]:
        points = [on_box(*p) for p in members.get(group["id"], [])]
        centre = _centre(points) if points else (BOX / 2, BOX / 2)
        typical = [statements[n] for n in _typical(told, group["id"]) if n in statements]
        found.append(
            {
                **named[group["id"]],
                "hull": "" if named[group["id"]]["masked"] else hull_path(points),
                "label_x": round(centre[0]),
                "label_y": max(LABEL_ROOM, round(min((p[1] for p in points), default=centre[1])) - LABEL_ROOM),
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
