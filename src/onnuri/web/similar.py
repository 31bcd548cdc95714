"""Statements like one another, as pages show them: an index a conversation, made anew when it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from onnuri.conversation.similar import Index, Other
from onnuri.web import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from onnuri.conversation.models import Conversation

MOST_KEPT: Final = 32
"""Conversations whose index is kept; one of five thousand statements is a few megabytes."""
_KEPT: dict[int, tuple[int, Index]] = {}


def similar_shown(
    conversation: Conversation, text: str, lang: str, answers: Mapping[int, int], *, is_open: bool
) -> list[dict[str, Any]]:
    """At most three statements like a text, nearest first, each with what its reader answered.

    Args:
        conversation: where.
        text: what is being written.
        lang: its language.
        answers: number -> what this voice said of it.
        is_open: whether a round takes answers now.
    """
    near = index_of(conversation).nearest(text, lang)
    accepted = conversation.statements.filter(state="accepted", number__in=[n.number for n in near])
    found = {s.number: s for s in accepted}
    return [
        {
            "id": one.number,
            "text": found[one.number].text,
            "lang": found[one.number].lang,
            "maybe_opposite": one.maybe_opposite,
            "my_value": answers.get(one.number),
            "my_value_name": _(shown.VALUE_NAMES[answers[one.number]]) if one.number in answers else "",
            "can_vote": is_open and one.number not in answers,
        }
        for one in near
        if one.number in found
    ]


def index_of(conversation: Conversation) -> Index:
    """The index of everything people may answer, as of the conversation's version."""
    known = _KEPT.get(conversation.pk)
    if known is not None and known[0] == conversation.version:
        return known[1]
    rows = conversation.statements.filter(state="accepted").values_list("number", "text", "lang")
    made = Index(Other(*row) for row in rows)
    if len(_KEPT) >= MOST_KEPT:
        _KEPT.clear()
    _KEPT[conversation.pk] = conversation.version, made
    return made
