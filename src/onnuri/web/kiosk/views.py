"""The shared tablet's one page: a card's code, its consents, one statement after another, or waiting."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from onnuri.conference.claims import CODE_ALPHABET
from onnuri.conversation import segments
from onnuri.conversation.queries import conversation_by_code
from onnuri.errors import BadRequest, Forbidden
from onnuri.live.cards import READERS_OWN, card_cookie, who_cookie
from onnuri.web import shown
from onnuri.web.attend.room import ballot_content, vote_content
from onnuri.web.consents import consents_shown
from onnuri.web.devices import becomes_a_device, is_device
from onnuri.web.page import error_of, number_in, page
from onnuri.web.voices import SIGNER

if TYPE_CHECKING:
    from onnuri.conversation.models import Conversation, Voice

Content = dict[str, Any]
STILL_S: Final = 30
"""Without a touch for so long, the page asks whether somebody is there …"""
LEAVING_S: Final = 20
"""… and after so long begins anew. WCAG 2.2.1 wants at least twenty seconds, and a way to stop the clock."""


def kiosk(request: HttpRequest, code: str) -> HttpResponse:
    """Whatever this tablet should show at this moment."""
    conversation = conversation_by_code(code)
    key = request.GET.get("key")
    if key is not None:
        return becomes_a_device(request, conversation, key=key, to=_address(request, conversation))
    if not is_device(request, conversation):
        raise Forbidden("kiosk_only")
    return page(request, "kiosk/kiosk.html", kiosk_content(request, conversation))


def _address(request: HttpRequest, conversation: Conversation) -> str:
    return f"/kiosk/{conversation.code}" + ("?usher=1" if request.GET.get("usher") else "")


def kiosk_content(request: HttpRequest, conversation: Conversation) -> Content:
    """What stands on it: `state` is waiting, code, consent, answer or done."""
    voice = _voice(request, conversation)
    is_open = conversation.segment in segments.DURING.values()
    cards = _cards(request, conversation, voice) if voice is not None and is_open else {"answering": None, "rest": "[]"}
    asked = cards["answering"]
    return {
        "conversation": shown.conversation_shown(conversation),
        "consents": consents_shown(conversation),
        "state": _state(request, conversation, voice, is_open=is_open, answering=asked is not None),
        "person": voice is not None,
        "who": request.COOKIES.get(who_cookie(conversation.code), "") if voice is not None else "",
        "cookies": f"{who_cookie(conversation.code)} {card_cookie(conversation.code)}",
        "round": conversation.rounds.count(),
        "address": _address(request, conversation),
        "usher": bool(request.GET.get("usher")),
        "served": number_in(request.COOKIES.get("served", "0")) or 0,
        "letters": CODE_ALPHABET,
        "still": STILL_S,
        "leaving": LEAVING_S,
        "asks_still": request.GET.get("still") == "1",
        "error": error_of(request),
        "waiting_for": _waiting_for(conversation),
        **cards,
    }


def _voice(request: HttpRequest, conversation: Conversation) -> Voice | None:
    number = SIGNER.voice_of(conversation.pk, request.COOKIES.get(who_cookie(conversation.code)))
    return None if number is None else conversation.voices.filter(pk=number).first()


def _state(
    request: HttpRequest, conversation: Conversation, voice: Voice | None, *, is_open: bool, answering: bool
) -> str:
    if not is_open:
        return "waiting"
    if voice is not None:
        return "answer" if answering else "done"
    return "consent" if request.COOKIES.get(card_cookie(conversation.code)) else "code"


def _cards(request: HttpRequest, conversation: Conversation, voice: Voice) -> Content:
    """One card after the other, also of a ballot: what is answered now, and the rest for the page's script."""
    if conversation.segment == "round":
        told = vote_content(request, conversation, voice)
        cards = [{**s, "number": s["id"]} for s in json.loads(told["deck"])["statements"]]
        kind, done, total = "vote", told["total"] - told["left"], told["total"]
    else:
        told = ballot_content(request, conversation, voice)
        # The ballot's own numbers are places in this voice's order: what is sent back is which statement it is.
        lines = [{**one, "number": one["id"]} for one in told["lines"]]
        if told["whole"] is not None:
            whole = {"number": 0, "text": _("이 문안 전체를 우리의 결론으로"), "lang": shown.language()}
            lines.append({**whole, "my_value": told["whole"]["my_value"]})
        cards = [one for one in lines if one["my_value"] is None]
        kind, done, total = "ballot", told["answered"], told["total"]
    plain = [{name: one[name] for name in ("number", "text", "lang", "translation") if name in one} for one in cards]
    return {
        "kind": kind,
        "answering": plain[0] if plain else None,
        "rest": json.dumps(plain[1:], ensure_ascii=False),
        "done": done,
        "place": min(done + 1, total),
        "total": total,
        "round_ticket": told["round_ticket"],
    }


def _waiting_for(conversation: Conversation) -> str:
    match conversation.segment:
        case "lobby":
            return _("곧 시작해요")
        case "result" | "published":
            return _("오늘의 답은 모두 모였어요")
        case _:
            return _("다음 순서를 기다리고 있어요")


def elsewhere(request: HttpRequest, code: str) -> HttpResponse:
    """Somebody opened a form's address: the kiosk's page is the place to be."""
    if request.method == "POST":
        raise BadRequest("method")
    return redirect("kiosk:kiosk", code)


def next_person(request: HttpRequest, code: str) -> HttpResponse:
    """Nobody answered the question whether they are still there: begin anew. The button's form goes another way."""
    if request.method == "POST":
        raise BadRequest("method")
    conversation = conversation_by_code(code)
    answer = HttpResponseRedirect(_address(request, conversation))
    for name in (who_cookie(conversation.code), card_cookie(conversation.code)):
        answer.delete_cookie(name, path=f"/kiosk/{conversation.code}")
    for name in READERS_OWN:
        answer.delete_cookie(name)
    return answer
