"""The conference, signing up, and the ticket."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from onnuri.conference import actions, queries
from onnuri.conference.models import Conference, Registration, Ticket
from onnuri.conference.places import channel_of
from onnuri.errors import Refusal, Unprocessable
from onnuri.vocabulary import in_language
from onnuri.web import shown
from onnuri.web.occasion import conference_shown, conversations_shown, places_shown
from onnuri.web.page import error_content, page
from onnuri.web.qr import qr

Content = dict[str, Any]


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


def register(request: HttpRequest, slug: str) -> HttpResponse:
    """Claim a place."""
    found = queries.conference_by_slug(slug)
    form = {"name": "", "email": "", "wish": "", "idempotency_key": secrets.token_urlsafe(18)}
    if request.method == "POST":
        form = {name: request.POST.get(name, "") for name in form}
        try:
            if not request.POST.get("consent_email"):
                raise Unprocessable("consent_needed", field="consent_email")
            made = actions.register(slug=slug, at=shown.now(), **form)
        except Refusal as refusal:
            return _register_page(request, found, form, error_content(refusal), refusal.status)
        announce_link(request, made)
        return redirect("public:ticket", slug, made.claim)
    return _register_page(request, found, form, None, 200)


def _register_page(
    request: HttpRequest, found: Conference, form: dict[str, str], error: Content | None, status: int
) -> HttpResponse:
    content = {
        "conference": conference_shown(found),
        "places": places_shown(found),
        "form": form,
        "error": error,
    }
    return page(request, "public/register.html", content, status=status)


def announce_link(request: HttpRequest, made: Registration) -> None:
    """Print the confirmation link on the server's console: there is no mail yet."""
    if made.confirmed_at is None:
        link = request.build_absolute_uri(f"/e/{made.conference.slug}/confirm/{made.confirm_token}")
        print(f"confirm {made.name} <{made.email}>: {link}", flush=True)  # noqa: T201 - the console stands in for mail until there is mail


def ticket(request: HttpRequest, slug: str, claim: str) -> HttpResponse:
    """Where a claim stands; with its ticket once it is confirmed."""
    found = queries.registration_by_claim(slug, claim)
    own: Ticket | None = getattr(found, "ticket", None)
    conversation = found.conference.conversations.order_by("pk").first()
    may_speak = own is not None and channel_of(found.place, found.wish) is not None
    voice_url = f"/c/{conversation.code}?ticket={own.code}" if conversation and own and may_speak else None
    content = {
        "conference": conference_shown(found.conference),
        "registration": {
            "claim": found.claim,
            "seq": found.seq,
            "name": found.name,
            "place": found.place,
            "place_name": _(shown.PLACE_NAMES[found.place]),
            "position": queries.position(found),
            "seat_number": found.seat_number,
            "confirmed": found.confirmed_at is not None,
            "receipt": "",
        },
        "ticket": {"code": own.code, "qr": qr(own.code), "url": request.build_absolute_uri()} if own else None,
        "voice_url": voice_url,
        "waiting_hint": _("자리가 나면 순서대로 앉고, 이 화면이 저절로 바뀌어요.") if found.place == "waiting" else "",
    }
    return page(request, "public/ticket.html", content)


def confirm(_request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """The confirmation link."""
    made = actions.confirm(token=token, at=shown.now())
    return redirect("public:ticket", slug, made.claim)


@require_POST
def give_up(_request: HttpRequest, slug: str, claim: str) -> HttpResponse:
    """Give the place up."""
    actions.give_up(slug=slug, claim=claim)
    return redirect("public:ticket", slug, claim)
