"""The organiser's list of registrations, and new conversations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from onnuri.conference import actions, queries
from onnuri.conversation.actions import create_conversation
from onnuri.conversation.template import rules_of_policy, seeds_of_template
from onnuri.errors import BadRequest, Forbidden
from onnuri.web import shown
from onnuri.web.occasion import conference_shown, conversations_shown, places_shown
from onnuri.web.page import page
from onnuri.web.voices import SIGNER, enter_as_host, host_of

if TYPE_CHECKING:
    from onnuri.conference.models import Conference

Content = dict[str, Any]


def conference(request: HttpRequest, slug: str) -> HttpResponse:
    """Who has registered, and the conversations of this conference."""
    found = queries.conference_by_slug(slug)
    return enter_as_host("e", found, request, lambda: page(request, "host/conference.html", _content(request, found)))


def _content(request: HttpRequest, found: Conference) -> Content:
    return {
        "conference": conference_shown(found),
        "places": places_shown(found),
        "registrations": [
            {
                "claim": r.claim,
                "seq": r.seq,
                "name": r.name,
                "email": r.email,
                "place": r.place,
                "place_name": _(shown.PLACE_NAMES[r.place]),
                "seat_number": r.seat_number,
                "position": queries.position(r),
                "confirmed": r.confirmed_at is not None,
                "ticket_code": r.first.code,
                "confirm_url": request.build_absolute_uri(f"/e/{found.slug}/confirm/{r.confirm_token}")
                if r.confirmed_at is None
                else None,
            }
            for r in found.registrations.select_related("conference").prefetch_related("tickets")
        ],
        "conversations": [{**c, "url": f"/host/c/{c['code']}"} for c in conversations_shown(found)],
        "error": None,
    }


def _required(request: HttpRequest, slug: str) -> Conference:
    found = queries.conference_by_slug(slug)
    if not host_of("e", found, request):
        raise Forbidden("host_only")
    return found


@require_POST
def vouch(request: HttpRequest, slug: str, claim: str) -> HttpResponse:
    """Vouch for a claim, or give a place up for somebody who asked for it."""
    _required(request, slug)
    match request.POST.get("act"):
        case "vouch":
            actions.vouch(slug=slug, claim=claim, at=shown.now())
        case "give_up":
            actions.give_up(slug=slug, claim=claim, at=shown.now())
        case _:
            raise BadRequest("method")
    return redirect("host:conference", slug)


@require_POST
def new_conversation(request: HttpRequest, slug: str) -> HttpResponse:
    """A conversation from the template, with the organiser's question; voices come by ticket."""
    found = _required(request, slug)
    made, _key = create_conversation(
        question={shown.language(): request.POST.get("question", "")},
        rules=rules_of_policy("ticket"),
        seeds=seeds_of_template("ko"),
        at=shown.now(),
        conference=found,
    )
    answer = redirect("host:prepare", made.code)
    answer.set_cookie(
        f"host_c_{made.pk}", SIGNER.host("c", made.pk), httponly=True, samesite="Lax", secure=request.is_secure()
    )
    return answer
