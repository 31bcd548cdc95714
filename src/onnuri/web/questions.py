"""Published questions as the phone, the big screen, the speaker and the console show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count
from django.utils.translation import gettext as _

from onnuri.conversation.asking import lifts_of
from onnuri.conversation.question import in_order
from onnuri.masking import SMALLEST_CELL
from onnuri.vocabulary import in_language
from onnuri.web import shown

if TYPE_CHECKING:
    from onnuri.conversation.models import Conversation, Question
    from onnuri.conversation.question import Order

Content = dict[str, Any]


def questions_shown(conversation: Conversation, order: Order = "wanted") -> list[Content]:
    """Questions that were read and published, with how many want to hear each; nothing of who asked."""
    asked = conversation.question_asked
    lifts, channels = lifts_of(conversation), _channels_told(conversation)
    every = conversation.questions.filter(state="accepted").select_related("talk")
    return [
        _shown(q, lifts.get(q.number, 0), channels, conversation.question_asked_id)
        for q in in_order(every, lifts, order, asked.number if asked else None)
    ]


def _shown(question: Question, lifts: int, channels: set[str], asked: int | None) -> Content:
    talk = question.talk
    return {
        "number": question.number,
        "text": question.text,
        "lang": question.lang,
        "lifts": lifts,
        "channel": question.channel if question.channel in channels else None,
        "channel_name": _(shown.CHANNEL_NAMES[question.channel]) if question.channel in channels else "",
        "talk": in_language(talk.title, shown.language()) if talk is not None else "",
        "now": question.pk == asked,
        "answered_at": shown.time_text(question.answered_at),
    }


def _channels_told(conversation: Conversation) -> set[str]:
    """Channels with enough people in them, where there are several.

    Where three are online, "online" would nearly be a name; where everybody is, it says nothing.
    """
    joined = dict(conversation.voices.values_list("channel").annotate(Count("id")))
    return {channel for channel, n in joined.items() if n >= SMALLEST_CELL} if len(joined) > 1 else set()
