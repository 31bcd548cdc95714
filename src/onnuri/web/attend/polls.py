"""The phone during a poll: the question while it is open, its outcome when it is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from onnuri.conversation.models import PollAnswer
from onnuri.vocabulary import in_language
from onnuri.web import shown
from onnuri.web.page import error_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from onnuri.conversation.models import Conversation, Interlude, Voice

Content = dict[str, Any]


def poll_content(request: HttpRequest, conversation: Conversation, voice: Voice, on: Interlude) -> Content:
    """The poll that is on, and what this voice has answered."""
    answered = PollAnswer.objects.filter(interlude=on, voice=voice).values_list("part", "value", "text")
    return {
        "conversation": shown.conversation_shown(conversation),
        "interlude": shown.interlude_shown(on),
        "options": [
            {"number": number, "text": in_language(one, shown.language())}
            for number, one in enumerate(on.settings.get("options", []))
        ],
        "mine": [list(row) for row in answered],
        "error": error_of(request),
    }
