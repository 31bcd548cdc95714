"""The phone between rounds: a talk, question time, a poll, reading the map, drafting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from onnuri.web.attend import asking, polls, talks, views
from onnuri.web.page import page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from onnuri.conversation.models import Conversation, Interlude, Voice

Content = dict[str, Any]


def room(request: HttpRequest, conversation: Conversation, voice: Voice, on: Interlude) -> HttpResponse:
    """What this phone shows while something is on between rounds."""
    match on.kind:
        case "talk":
            return page(request, "attend/talk.html", talks.talk_content(request, conversation, voice, on))
        case "questions":
            return page(request, "attend/questions.html", asking.questions_content(request, conversation, voice))
        case "map":
            return views.opinion_map(request, conversation.code)
        case "drafting":
            return views.lines(request, conversation.code)
        case _:
            return page(request, "attend/poll.html", polls.poll_content(request, conversation, voice, on))
