"""Who asks: the voice of a participant, or the host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from onnuri.conversation.moving import moves_of
from onnuri.errors import Forbidden, NotSignedIn
from onnuri.live.token import cookie_name
from onnuri.web.accounts import Right, may
from onnuri.web.links import DAY, SIGNER, opens

if TYPE_CHECKING:
    from collections.abc import Callable

    from onnuri.conference.models import Conference
    from onnuri.conversation.models import Conversation, Voice

__all__ = ["DAY", "SIGNER", "enter_as_host", "host_of", "opens", "required_voice", "voice_of"]


def voice_of(request: HttpRequest, conversation: Conversation) -> Voice | None:
    """The voice this phone speaks for."""
    held = held_of(request, conversation)
    if held is None or moves_of(conversation, held[0]) != held[1]:
        return None
    return conversation.voices.filter(pk=held[0]).first()


def held_of(request: HttpRequest, conversation: Conversation) -> tuple[int, int] | None:
    """The voice in this phone's cookie and the move it is of, whether it still speaks or not."""
    return SIGNER.held_of(conversation.pk, request.COOKIES.get(cookie_name(conversation.code)))


def has_moved(request: HttpRequest, conversation: Conversation) -> bool:
    """Whether the voice that was on this phone is on another one now."""
    held = held_of(request, conversation)
    return held is not None and moves_of(conversation, held[0]) != held[1]


def required_voice(request: HttpRequest, conversation: Conversation) -> Voice:
    """The voice, or a refusal."""
    voice = voice_of(request, conversation)
    if voice is None:
        raise NotSignedIn("voice_moved" if has_moved(request, conversation) else "no_voice")
    return voice


def host_of(kind: str, thing: Conversation | Conference, request: HttpRequest) -> bool:
    """Whether who asks runs this conversation, or organises this conference: by its link or by a role."""
    right: Right = "organise" if kind == "e" else "host"
    return may(request, thing, right)


def enter_as_host(
    kind: str, thing: Conversation | Conference, request: HttpRequest, go_on: Callable[[], HttpResponse]
) -> HttpResponse:
    """The secret link sets the host's cookie once; the key then leaves the address bar."""
    key = request.GET.get("key")
    if key is None:
        if not host_of(kind, thing, request):
            raise Forbidden("host_only")
        return go_on()
    if not opens(thing, key):
        raise Forbidden("host_only")
    answer = HttpResponseRedirect(request.path)
    answer.set_cookie(
        f"host_{kind}_{thing.pk}",
        SIGNER.host(kind, thing.pk),
        max_age=30 * DAY,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return answer
