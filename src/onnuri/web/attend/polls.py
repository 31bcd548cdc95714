"""The phone during a poll: the question while it is open, its outcome when it is counted, and the earlier ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from onnuri.conversation.models import PollAnswer
from onnuri.conversation.queries import conversation_by_code
from onnuri.web import shown
from onnuri.web.page import error_of, page
from onnuri.web.polls import counted_polls, poll_shown

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from onnuri.conversation.models import Conversation, Interlude, Voice

Content = dict[str, Any]
EARLIER: Final = 1
"""How many earlier outcomes stand under a poll; the others have their page."""


def poll_content(request: HttpRequest, conversation: Conversation, voice: Voice, on: Interlude) -> Content:
    """The poll that is on, and what this voice has answered."""
    earlier = counted_polls(conversation, but=on)
    return {
        "conversation": shown.conversation_shown(conversation),
        "interlude": shown.interlude_shown(on),
        "poll": poll_shown(on),
        "mine": _own_answer(on, voice),
        "earlier": [poll_shown(poll) for poll in earlier[:EARLIER]],
        "more": len(earlier) > EARLIER,
        "error": error_of(request),
    }


def _own_answer(on: Interlude, voice: Voice) -> Content | None:
    """Numbers that were chosen, words by their place; None = not answered yet."""
    parts = list(PollAnswer.objects.filter(interlude=on, voice=voice).order_by("part"))
    if not parts:
        return None
    if on.kind == "words":
        return {"choice": [], "words": [one.text for one in parts]}
    if on.kind == "multi":
        return {"choice": [one.part for one in parts if one.value], "words": []}
    return {"choice": [one.value for one in parts], "words": []}


def polls(request: HttpRequest, code: str) -> HttpResponse:
    """What came of the polls so far, for anybody."""
    conversation = conversation_by_code(code)
    content = {
        "conversation": shown.conversation_shown(conversation),
        "polls": [poll_shown(poll) for poll in counted_polls(conversation)],
    }
    return page(request, "attend/polls.html", content)
