"""Statements like one another, as pages show them: an index a conversation, made anew when it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from onnuri.conversation.polarity import maybe_opposite
from onnuri.conversation.similar import MOST, Index, Other
from onnuri.web import shown
from onnuri.web.meanings import related

if TYPE_CHECKING:
    from collections.abc import Mapping

    from onnuri.conversation.models import Conversation

MOST_KEPT: Final = 32
"""Conversations whose index is kept; one of five thousand statements is a few megabytes."""
_KEPT: dict[int, tuple[int, Index]] = {}


def similar_shown(
    conversation: Conversation, text: str, lang: str, answers: Mapping[int, int], *, is_open: bool
) -> list[dict[str, Any]]:
    """At most three statements like a text, those of the same letters first, each with what its reader answered.

    Args:
        conversation: where.
        text: what is being written.
        lang: its language.
        answers: number -> what this voice said of it.
        is_open: whether a round takes answers now.
    """
    index = index_of(conversation)
    near = index.nearest(text, lang)
    alike = {one.number: one.maybe_opposite for one in near}
    close = related(text, lang, index.others, besides=alike, most=MOST - len(near))
    found = {s.number: s for s in conversation.statements.filter(state="accepted", number__in=[*alike, *close])}
    return [
        {
            "id": number,
            "text": found[number].text,
            "lang": found[number].lang,
            "alike": number in alike,
            "maybe_opposite": alike.get(number, False)
            or maybe_opposite(text, lang, found[number].text, found[number].lang),
            "my_value": answers.get(number),
            "my_value_name": _(shown.VALUE_NAMES[answers[number]]) if number in answers else "",
            "can_vote": is_open and number not in answers,
        }
        for number in (*alike, *close)
        if number in found
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
