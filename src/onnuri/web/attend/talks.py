"""The phone during a talk and in question time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from onnuri.conversation.asking import lifts_of
from onnuri.conversation.models import Lift
from onnuri.web import shown
from onnuri.web.page import error_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from onnuri.conversation.models import Conversation, Interlude, Voice

Content = dict[str, Any]


def talk_content(conversation: Conversation, voice: Voice, on: Interlude) -> Content:
    """The talk that is on, and where to ask."""
    return {
        "conversation": shown.conversation_shown(conversation),
        "interlude": shown.interlude_shown(on),
        "mine": voice.questions.count(),
    }


def questions_content(request: HttpRequest, conversation: Conversation, voice: Voice) -> Content:
    """Questions that were read, most wanted first; one's own with what became of them."""
    lifts = lifts_of(conversation)
    mine = set(Lift.objects.filter(voice=voice, value=1).values_list("question__number", flat=True))
    questions = [
        {
            "number": q.number,
            "text": q.text,
            "lang": q.lang,
            "lifts": lifts.get(q.number, 0),
            "lifted": q.number in mine,
            "own": q.author_id == voice.pk,
            "state": q.state,
            "now": q.pk == conversation.question_asked_id,
            "answered": q.answered_at is not None,
        }
        for q in conversation.questions.filter(state__in=("accepted", "waiting")).select_related("talk")
        if q.state == "accepted" or q.author_id == voice.pk
    ]
    return {
        "conversation": shown.conversation_shown(conversation),
        "interlude": shown.interlude_shown(conversation.interlude) if conversation.interlude else None,
        "questions": sorted(questions, key=lambda q: (q["answered"], not q["now"], -q["lifts"], q["number"])),
        "error": error_of(request),
    }
