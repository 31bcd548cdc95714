"""The phone during a talk: what it is about, and where to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from onnuri.vocabulary import in_language, language_of
from onnuri.web import evidence, shown
from onnuri.web.attend.asking import asking_content

if TYPE_CHECKING:
    from django.http import HttpRequest

    from onnuri.conference.models import Session
    from onnuri.conversation.models import Conversation, Interlude, Voice

Content = dict[str, Any]


def talk_content(request: HttpRequest, conversation: Conversation, voice: Voice, on: Interlude) -> Content:
    """The talk that is on, what the programme says of it, and a box to ask."""
    found = session_of(conversation, on)
    summary = found.summary if found is not None else {}
    return {
        **asking_content(request, conversation, voice),
        "interlude": shown.interlude_shown(on),
        "summary": in_language(summary, shown.language()),
        "summary_lang": language_of(summary, shown.language()),
        "slides": found.slides_url if found is not None else "",
        "evidence": evidence.of_talk(on),
        "asked_here": conversation.questions.filter(talk=on, state="accepted").count(),
    }


def session_of(conversation: Conversation, talk: Interlude) -> Session | None:
    """The session of the programme this talk is: one that has its title, in any language."""
    if conversation.conference is None:
        return None
    titles = {text.casefold() for text in talk.title.values()}
    sessions = conversation.conference.sessions.filter(cancelled=False)
    return next((s for s in sessions if titles & {text.casefold() for text in s.title.values()}), None)
