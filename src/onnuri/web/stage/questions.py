"""Questions on the big screen, and large before whoever answers them. Nothing unread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.http import HttpRequest, HttpResponse

from onnuri.conversation.queries import conversation_by_code
from onnuri.errors import Forbidden
from onnuri.web import shown
from onnuri.web.page import page
from onnuri.web.questions import questions_shown
from onnuri.web.voices import host_of

if TYPE_CHECKING:
    from onnuri.conversation.models import Conversation

Content = dict[str, Any]
ON_THE_WALL: Final = 2
"""Questions under the one that is being answered."""
ON_THE_WALL_ALONE: Final = 4
BEFORE_THE_SPEAKER: Final = 5


def content(conversation: Conversation) -> Content:
    """The one that is being answered, and the most wanted after it."""
    asked, coming = _parted(conversation)
    return {"asked": asked, "coming": coming[: ON_THE_WALL if asked else ON_THE_WALL_ALONE]}


def speaker(request: HttpRequest, code: str) -> HttpResponse:
    """What the speaker reads: the question, the next ones, what was answered and the time. Opened by the host."""
    conversation = conversation_by_code(code)
    if not host_of("c", conversation, request):
        raise Forbidden("host_only")
    asked, coming = _parted(conversation)
    on = conversation.interlude
    told = {
        "conversation": shown.conversation_shown(conversation),
        "interlude": shown.interlude_shown(on) if on is not None else None,
        "asked": asked,
        "coming": coming[:BEFORE_THE_SPEAKER],
        "more": max(len(coming) - BEFORE_THE_SPEAKER, 0),
        "answered": questions_shown(conversation, "answered")[:BEFORE_THE_SPEAKER],
    }
    return page(request, "stage/speaker.html", told)


def _parted(conversation: Conversation) -> tuple[Content | None, list[Content]]:
    listed = questions_shown(conversation)
    asked = next((q for q in listed if q["now"]), None)
    return asked, [q for q in listed if not q["now"]]
