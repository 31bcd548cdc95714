"""The conference: what it is about, its programme, how full it is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from onnuri.conference import queries
from onnuri.vocabulary import in_language
from onnuri.web import shown
from onnuri.web.occasion import conference_shown, conversations_shown, places_shown
from onnuri.web.page import page


def conference(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole occasion on one page."""
    found = queries.conference_by_slug(slug)
    content = {
        "conference": conference_shown(found),
        "programme": [
            {
                "time": shown.time_text(s.starts_at),
                "title": in_language(s.title, shown.language()),
                "speaker": in_language(s.speaker, shown.language()) if s.speaker else "",
                "kind": s.kind,
            }
            for s in found.sessions.all()
        ],
        "places": places_shown(found),
        "conversations": conversations_shown(found),
    }
    return page(request, "public/conference.html", content)
