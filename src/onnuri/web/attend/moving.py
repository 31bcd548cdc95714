"""From one phone to another: the first shows a QR, the second takes the voice over, and the first speaks no more."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from onnuri.conversation import moving
from onnuri.conversation.models import Conversation
from onnuri.conversation.queries import conversation_by_code
from onnuri.errors import Conflict, Forbidden, Refusal
from onnuri.live.token import cookie_name
from onnuri.web import shown
from onnuri.web.page import error_content, page
from onnuri.web.qr import qr
from onnuri.web.voices import DAY, SIGNER, required_voice, voice_of

KEPT_S = 60 * DAY


def show(request: HttpRequest, code: str) -> HttpResponse:
    """The first phone: a QR that holds for ten minutes and until it is taken."""
    conversation = conversation_by_code(code)
    voice = required_voice(request, conversation)
    until = int(shown.now().timestamp()) + moving.LASTS_S
    shown_to_other = SIGNER.moving(conversation.pk, voice.pk, moving.moves_of(conversation, voice.pk), until)
    address = request.build_absolute_uri(f"{reverse('attend:here', args=[conversation.code])}?v={shown_to_other}")
    content = {
        "conversation": shown.conversation_shown(conversation),
        "address": address,
        "qr": qr(address),
        "minutes": moving.LASTS_S // 60,
    }
    return page(request, "attend/move.html", content)


def here(request: HttpRequest, code: str) -> HttpResponse:
    """The second phone: asks once, since a QR is also opened by accident; then the voice is here."""
    conversation = conversation_by_code(code)
    given = request.POST.get("v", request.GET.get("v", ""))
    content: dict[str, Any] = {"conversation": shown.conversation_shown(conversation), "given": given, "error": None}
    try:
        voice, moves = _offered(request, conversation, given)
        if request.method == "POST":
            moves = moving.move_voice(code=conversation.code, voice=voice, moves=moves)
            return _taken(request, conversation, SIGNER.voice(conversation.pk, voice, moves))
    except Refusal as refusal:
        content["error"] = error_content(refusal)
        return page(request, "attend/here.html", content, status=refusal.status)
    return page(request, "attend/here.html", content)


def _offered(request: HttpRequest, conversation: Conversation, given: str) -> tuple[int, int]:
    found = SIGNER.moving_of(conversation.pk, given)
    if found is None:
        raise Forbidden("move_unknown")
    voice, moves, until = found
    if until < shown.now().timestamp():
        raise Conflict("move_expired")
    own = voice_of(request, conversation)
    if own is not None:
        raise Conflict("voice_here")
    return voice, moves


def _taken(request: HttpRequest, conversation: Conversation, value: str) -> HttpResponse:
    answer = redirect("attend:room", conversation.code)
    answer.set_cookie(
        cookie_name(conversation.code),
        value,
        max_age=KEPT_S,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return answer
