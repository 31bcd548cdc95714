"""A conversation's statements by what they are about, for the host to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse

from onnuri.conversation.similar import Other
from onnuri.conversation.topics import MOST, topics
from onnuri.web import shown
from onnuri.web.host.console import required_host
from onnuri.web.meanings import meanings, vectors_of
from onnuri.web.page import page
from onnuri.web.renderings import with_translations

if TYPE_CHECKING:
    from onnuri.conversation.models import Conversation

Content = dict[str, Any]


def desk(request: HttpRequest, code: str) -> HttpResponse:
    """All topics, largest first."""
    return page(request, "host/topics.html", _content(required_host(request, code)))


def _content(conversation: Conversation) -> Content:
    published = list(conversation.statements.filter(state="accepted").exclude(kind="line")[:MOST])
    others = [Other(s.number, s.text, s.lang) for s in published]
    vectors = vectors_of(others)
    rows = [{"id": s.number, "text": s.text, "lang": s.lang} for s in published]
    by_number = {row["id"]: row for row in with_translations(conversation, rows)}
    found = topics(others, vectors)
    return {
        "conversation": shown.conversation_shown(conversation),
        "by_meaning": vectors is not None,
        "still_reading": vectors is None and meanings() is not None and bool(others),
        "statements": len(others),
        "topics": [
            {
                "words": list(topic.words),
                "middle": by_number[topic.middle],
                "others": [by_number[n] for n in topic.numbers if n != topic.middle],
                "count": len(topic.numbers),
            }
            for topic in found
            if len(topic.numbers) > 1
        ],
        "alone": [by_number[topic.middle] for topic in found if len(topic.numbers) == 1],
    }
