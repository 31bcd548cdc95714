"""Where we stand, in sentences and bars; the map is beside it. Only what a closed round has shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from onnuri.conversation.interlude import POLLS
from onnuri.conversation.models import Voice
from onnuri.conversation.queries import conversation_by_code
from onnuri.web import shown
from onnuri.web.evidence import count_by_statement, things, with_counts
from onnuri.web.renderings import with_translations

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from onnuri.conversation.models import Conversation

Content = dict[str, Any]
MOST_SHOWN: Final = 12


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
        "evidence": False,
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
        "common": _findings(conversation, told, told["common_ground"][:MOST_SHOWN]),
        "divisive": _findings(conversation, told, told["divisive"][:MOST_SHOWN]),
        "evidence": bool(things(conversation)),
        "needs_votes": with_translations(
            conversation,
            [
                {"id": n, "text": statements[n].text, "lang": statements[n].lang, "n": _answers(told, n)}
                for n in told["needs_votes"][:MOST_SHOWN]
                if n in statements
            ],
        ),
    }


def _findings(conversation: Conversation, told: Mapping[str, Any], numbers: list[int]) -> list[Content]:
    """Statements with their figures, the count of their cards, and in the reader's language where that is there."""
    found = shown.findings(told, numbers, shown.statements_by_number(conversation))
    return with_translations(conversation, with_counts(found, count_by_statement(conversation)))


def _answers(told: Mapping[str, Any], number: int) -> int:
    own = told["by_statement"][str(number)]
    return int(own["agree"] + own["pass"] + own["disagree"])


def variants_of(code: str) -> dict[int, str]:
    """Voice -> which of the few pages of the last landscape it sees; who stands in none of them sees the plain one."""
    conversation = conversation_by_code(code)
    published = shown.latest_landscape(conversation)
    if published is None or published.document["k"] == 1:
        return {}
    told = published.document
    people = told["people"]
    centres = _centres(told)
    return {
        voice: str(group) if group is not None else f"near {_closest(centres, x, y)}"
        for voice, group, x, y in zip(people["id"], people["group"], people["x"], people["y"], strict=True)
    }


def _me(told: Mapping[str, Any], voice: Voice | None) -> Content | None:
    if voice is None or told["k"] == 1 or (row := row_of(told, voice)) is None:
        return None
    groups = shown.groups_by_id(told)
    own = told["people"]["group"][row]
    if own is not None:
        return {"group": groups[own], "near": None}
    return {"group": None, "near": groups[_nearest(told, row)]}


def row_of(told: Mapping[str, Any], voice: Voice) -> int | None:
    """Which row of the landscape's people this voice is."""
    ids = told["people"]["id"]
    return ids.index(voice.pk) if voice.pk in ids else None


def _nearest(told: Mapping[str, Any], row: int) -> int:
    return _closest(_centres(told), told["people"]["x"][row], told["people"]["y"][row])


def _centres(told: Mapping[str, Any]) -> dict[int, tuple[float, float]]:
    return {g: centre_of(members) for g, members in members_of(told).items()}


def _closest(centres: Mapping[int, tuple[float, float]], x: float, y: float) -> int:
    return min(centres, key=lambda g: (centres[g][0] - x) ** 2 + (centres[g][1] - y) ** 2)


def members_of(told: Mapping[str, Any]) -> dict[int, list[tuple[float, float]]]:
    """Where the people of each group stand, from -1 to 1."""
    people = told["people"]
    found: dict[int, list[tuple[float, float]]] = {}
    for group, x, y in zip(people["group"], people["x"], people["y"], strict=True):
        if group is not None:
            found.setdefault(group, []).append((x, y))
    return found


def centre_of(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The middle of some places."""
    return sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points)
