"""Signing up: claim first, form later, then the ticket."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from onnuri.conference import actions, queries
from onnuri.conference.claims import digest_of
from onnuri.conference.models import Conference, Registration, Ticket
from onnuri.conference.pass_code import signed
from onnuri.conference.places import channel_of
from onnuri.errors import BadRequest, Forbidden, NotFound, Refusal
from onnuri.live.claiming import ask_of_form, has_person, person_of_form
from onnuri.live.desk import DEVICE, DEVICE_AGE_S, PLACEHOLDER
from onnuri.live.drawing import SHARED
from onnuri.web import shown
from onnuri.web.occasion import clock_shown, conference_shown, places_shown
from onnuri.web.page import error_content, page
from onnuri.web.qr import qr
from onnuri.web.registrations import receipts, signing_key

Content = dict[str, Any]


# ---- the claim


# No form token: the page is the same for everybody, so that it can be served to a whole city in the opening second.
@csrf_exempt
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """Claim a place; a form that is filled in comes with it."""
    found = queries.conference_by_slug(slug)
    if request.method != "POST":
        return _register_page(request, found, _empty(request), None, 200)
    require_own_site(request)
    form = request.POST.dict()
    device = request.COOKIES.get(DEVICE) or secrets.token_urlsafe(18)
    try:
        claimed = actions.claim(slug, ask_of_form(form, device, shown.language()), at=shown.now())
    except Refusal as refusal:
        return _register_page(request, found, form, error_content(refusal), refusal.status)
    answer = _filled_in(request, claimed.registration, form) if has_person(form) else _to_ticket(claimed.registration)
    answer.set_cookie(DEVICE, device, DEVICE_AGE_S, httponly=True, samesite="Lax", secure=request.is_secure())
    return answer


def _empty(request: HttpRequest) -> dict[str, str]:
    # A page for everybody leaves the key's place open; each reader's copy gets a key of its own when it is sent.
    key = PLACEHOLDER.decode() if SHARED in request.COOKIES else secrets.token_urlsafe(18)
    return {"wish": "", "seats": "1", "invitation": "", "idempotency_key": key}


def _register_page(
    request: HttpRequest, found: Conference, form: dict[str, str], error: Content | None, status: int
) -> HttpResponse:
    content = {
        "conference": conference_shown(found),
        "places": places_shown(found),
        "clock": clock_shown(found),
        "parties": range(1, found.party_limit + 1),
        "form": form,
        "error": error,
    }
    return page(request, "public/register.html", content, status=status)


# ---- the form


@csrf_exempt
def form(request: HttpRequest, slug: str, claim: str) -> HttpResponse:
    """Say whose claim it is, or correct it."""
    _require_post(request)
    found = queries.registration_by_claim(slug, claim)
    return _filled_in(request, found, request.POST.dict())


def _filled_in(request: HttpRequest, found: Registration, form: dict[str, str]) -> HttpResponse:
    try:
        made = actions.fill_in(found.conference.slug, found.claim, person_of_form(form), at=shown.now())
    except Refusal as refusal:
        return _ticket_page(request, found, form, error_content(refusal), refusal.status)
    return _to_ticket(made)


def _to_ticket(made: Registration) -> HttpResponse:
    return redirect("public:ticket", made.conference.slug, made.claim)


def _require_post(request: HttpRequest) -> None:
    if request.method != "POST":
        raise BadRequest("method")
    require_own_site(request)


def require_own_site(request: HttpRequest) -> None:
    """Refuse a form that another site sends."""
    origin = request.headers.get("Origin")
    foreign = origin is not None and origin.partition("://")[2] != request.get_host()
    if foreign or request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}:
        raise Forbidden("other_site")


# ---- where a claim stands


def ticket(request: HttpRequest, slug: str, claim: str) -> HttpResponse:
    """Where a claim stands; with its tickets once it is confirmed."""
    return _ticket_page(request, queries.registration_by_claim(slug, claim), None, None, 200)


def _ticket_page(
    request: HttpRequest, found: Registration, form: dict[str, str] | None, error: Content | None, status: int
) -> HttpResponse:
    conference = found.conference
    own = list(found.tickets.all())
    found.first = own[0]
    content = {
        "conference": conference_shown(conference),
        "registration": registration_shown(found),
        "tickets": [ticket_shown(request, found, t) for t in own if t.code and found.place != "offered"],
        "companions": [{"part": t.part, "name": t.name} for t in own if t.part > 1],
        "voice_url": voice_url(found, own[0]),
        "form": form or {"name": found.name, "email": found.email, "needs": found.needs},
        "may_move": not any(t.minted for t in own),
        "error": error,
    }
    return page(request, "public/ticket.html", content, status=status)


def registration_shown(found: Registration) -> Content:
    """A claim as pages show it."""
    receipt = queries.receipt(found)
    left = None if found.hold_until is None else max(0, int((found.hold_until - shown.now()).total_seconds()))
    return {
        "claim": found.claim,
        "seq": found.seq,
        "name": found.name,
        "email": found.email,
        "wish": found.wish,
        "seats": found.seats,
        "place": found.place,
        "place_name": _(shown.PLACE_NAMES[found.place]),
        "position": queries.position(found),
        "seat_number": found.seat_number,
        "confirmed": found.confirmed_at is not None,
        "hold_s": left,
        "hold_text": "" if left is None else f"{left // 60}:{left % 60:02}",
        "until_text": f"{shown.date_text(found.hold_until)} {shown.time_text(found.hold_until)}".strip(),
        "claimed_text": shown.clock_text(found.claimed_at),
        "receipt": receipt.short if receipt else "",
        "receipt_word": receipts().sign(receipt) if receipt else "",
    }


def ticket_shown(request: HttpRequest, found: Registration, own: Ticket) -> Content:
    """One ticket with its QR."""
    return {
        "part": own.part,
        "name": own.name or (found.name if own.part == 1 else ""),
        "code": own.code,
        "seat_number": own.seat_number,
        "qr": qr(signed(own.code or "", found.conference.slug, signing_key())),
        "url": request.build_absolute_uri(f"/e/{found.conference.slug}/pass/{own.code}"),
    }


def voice_url(found: Registration, own: Ticket) -> str | None:
    """Where this ticket takes its voice."""
    if own.code is None or channel_of(found.place, found.wish) is None:
        return None
    codes = found.conference.conversations.order_by("pk").values_list("code", flat=True)[:1]
    return next((f"/c/{code}?ticket={own.code}" for code in codes), None)


def companion(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """One ticket alone, for a companion's own phone: it shows and joins, but cannot give anything up."""
    own = Ticket.objects.select_related("registration__conference").filter(conference__slug=slug, code=code).first()
    if own is None:
        raise NotFound("claim_unknown")
    found = own.registration
    content = {
        "conference": conference_shown(found.conference),
        "registration": {k: v for k, v in registration_shown(found).items() if k not in {"claim", "email"}},
        "tickets": [ticket_shown(request, found, own)],
        "voice_url": voice_url(found, own),
    }
    return page(request, "public/pass.html", content)


# ---- confirming


@csrf_exempt
def confirm(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """The confirmation link.

    The phone that claimed is known by its cookie and needs no second press; anybody else presses a button, because
    mail scanners open every link.
    """
    found = Registration.objects.select_related("conference").filter(confirm_token=token).first()
    if found is None or found.conference.slug != slug:
        raise NotFound("link_expired")
    device = request.COOKIES.get(DEVICE)
    known = bool(found.device) and device is not None and digest_of(device) == found.device
    if request.method == "POST" or known or found.confirmed_at is not None:
        if request.method == "POST":
            require_own_site(request)
        return _to_ticket(actions.confirm(token=token, at=shown.now()))
    content = {"conference": conference_shown(found.conference), "registration": registration_shown(found)}
    return page(request, "public/confirm.html", content)


# ---- changing one's mind


@csrf_exempt
def change(request: HttpRequest, slug: str, claim: str, act: str) -> HttpResponse:
    """Give up, accept an offer, move between hall and online, or have the letter again."""
    _require_post(request)
    at = shown.now()
    match act:
        case "give-up":
            actions.give_up(slug=slug, claim=claim, at=at)
        case "accept":
            actions.accept(slug, claim, at=at)
        case "online":
            actions.to_online(slug, claim, at=at)
        case "hall":
            actions.to_hall(slug, claim, at=at)
        case "again":
            actions.send_again(slug, claim, at=at)
        case _:
            raise NotFound("not_found")
    return redirect("public:ticket", slug, claim)
