"""Cards: who makes them, prints them, sets up the tablets, and enters what came in on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from onnuri.conference.actions import digest_of
from onnuri.conference.models import Ticket
from onnuri.conversation import actions, segments
from onnuri.errors import BadRequest, Conflict, NotFound, Refusal, Unprocessable
from onnuri.live.joining import as_made
from onnuri.web import shown
from onnuri.web.consents import consents_shown
from onnuri.web.devices import device_key
from onnuri.web.host.console import required_host
from onnuri.web.page import error_content, error_of, number_in, page
from onnuri.web.qr import qr
from onnuri.web.voices import SIGNER

if TYPE_CHECKING:
    from onnuri.conversation.models import Conversation, Round

Content = dict[str, Any]
MOST_CARDS: Final = 200
PAPER_S: Final = 2 * 3600
"""How long a paper that was opened may be typed in."""


def desk(request: HttpRequest, code: str) -> HttpResponse:
    """Devices, cards to print, and entering a card's paper: first its code, then what is on it."""
    conversation = required_host(request, code)
    content = _desk_content(request, conversation)
    if request.method != "POST":
        return page(request, "host/cards.html", content)
    try:
        content["paper"] = _paper(conversation, request.POST.get("seat_code", ""))
    except Refusal as refusal:
        content["error"] = error_content(refusal)
        return page(request, "host/cards.html", content, status=refusal.status)
    return page(request, "host/cards.html", content)


def _desk_content(request: HttpRequest, conversation: Conversation) -> Content:
    kiosk = request.build_absolute_uri(f"/kiosk/{conversation.code}?key={device_key(conversation)}")
    usher = f"{kiosk}&usher=1"
    return {
        "conversation": shown.conversation_shown(conversation),
        "segment_name": _(shown.SEGMENT_NAMES[conversation.segment]),
        "open": _open_round(conversation) is not None,
        "paper": None,
        "saved": number_in(request.GET.get("saved", "")),
        "papers": number_in(request.COOKIES.get("papers", "")) or 0,
        "devices": [
            {"key": "kiosk", "name": _("안내석 태블릿"), "link": kiosk, "qr": qr(kiosk)},
            {"key": "usher", "name": _("안내하는 사람의 태블릿"), "link": usher, "qr": qr(usher)},
        ],
        "most": MOST_CARDS,
        "error": error_of(request),
    }


def _open_round(conversation: Conversation) -> Round | None:
    return conversation.rounds.last() if conversation.segment in segments.DURING.values() else None


def _paper(conversation: Conversation, written: str) -> Content:
    """One card's paper, ready to be typed in: its rows, and how many answers the card has by now."""
    code = as_made(written)
    _require_card(conversation, code)
    now = _open_round(conversation)
    if now is None:
        raise Conflict("round_closed")
    voice = SIGNER.card(conversation.pk, code)
    known = conversation.voices.filter(pk=voice).exists()
    answers = now.votes if now.kind == "vote" else now.ballot_votes
    return {
        "code": code,
        "kind": now.kind,
        "rows": paper_rows(conversation),
        "round_ticket": SIGNER.round_ticket(conversation.pk, now.number),
        "desk": SIGNER.desk(conversation.pk, int(shown.now().timestamp()) + PAPER_S),
        "needs_consent": not known,
        "answered": answers.filter(voice_id=voice).count(),
    }


def _require_card(conversation: Conversation, code: str) -> None:
    own = conversation.seat_codes.filter(digest=digest_of(code))
    if own.filter(card=True).exists():
        return
    if own.exists() or Ticket.objects.filter(code=code).exists():
        raise Conflict("card_needed", field="seat_code")
    raise NotFound("seat_code_unknown", field="seat_code")


def paper_rows(conversation: Conversation) -> list[Content]:
    """What a paper asks now, in the order of its numbers: all statements, or the ballot's lines and the whole."""
    statements = shown.statements_by_number(conversation)
    match conversation.segment:
        case "shortlist":
            numbers = sorted(c["id"] for c in conversation.shortlist.candidates)
        case "ratification":
            numbers = list(conversation.slate.document["statements"])
        case _:
            numbers = [n for n, s in statements.items() if s.state == "accepted"]
    rows = [{"number": n, "text": statements[n].text, "lang": statements[n].lang} for n in numbers if n in statements]
    if conversation.segment == "ratification":
        rows.append({"number": 0, "text": _("이 문안 전체를 우리의 결론으로"), "lang": shown.language()})
    return rows


def printed(request: HttpRequest, code: str) -> HttpResponse:
    """A sheet for the printer: new cards with their codes, shown this once; or answer papers for cards that are out."""
    conversation = required_host(request, code)
    made: list[str] = []
    if request.method == "POST":
        count = number_in(request.POST.get("count", ""), most=MOST_CARDS)
        if not count:
            raise Unprocessable("count", field="count", most=MOST_CARDS)
        made = actions.issue_codes(code=code, channel=request.POST.get("channel", "hall"), count=count, card=True)
    content = {
        "conversation": shown.conversation_shown(conversation),
        "consents": consents_shown(conversation),
        "cards": [_card(request, conversation, one) for one in made] if made else [None, None],
        "made": len(made),
        "rows": paper_rows(conversation),
        "segment_name": _(shown.SEGMENT_NAMES[conversation.segment]),
    }
    return page(request, "host/cards_print.html", content)


def _card(request: HttpRequest, conversation: Conversation, code: str) -> Content:
    link = request.build_absolute_uri(f"/c/{conversation.code}?seat_code={code}")
    return {"code": code, "halves": [code[:4], code[4:]], "qr": qr(link)}


def elsewhere(request: HttpRequest, code: str) -> HttpResponse:
    """Somebody opened the form's address: the desk is the place to be."""
    if request.method == "POST":
        raise BadRequest("method")
    return redirect("host:cards", code)
