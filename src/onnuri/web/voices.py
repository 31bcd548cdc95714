"""Who asks: the voice of a participant, or the host."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from onnuri.conference.actions import digest_of
from onnuri.conversation.moving import moves_of
from onnuri.errors import Forbidden, NotSignedIn
from onnuri.live.token import Signer, cookie_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from onnuri.conference.models import Conference
    from onnuri.conversation.models import Conversation, Voice

SIGNER = Signer(settings.FOLDER.read("voices.key"))
DAY = 24 * 3600


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
    """Whether the request comes from the host of this conversation or conference."""
    name = f"host_{kind}_{thing.pk}"
    if SIGNER.is_host(kind, thing.pk, request.COOKIES.get(name)):
        return True
    # Whoever runs the conference runs its conversations: one made on the web has no other lasting key.
    whole = getattr(thing, "conference_id", None)
    if whole is not None and SIGNER.is_host("e", whole, request.COOKIES.get(f"host_e_{whole}")):
        return True
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(bearer) and opens(thing, bearer)


def opens(thing: Conversation | Conference, key: str) -> bool:
    """Whether a key is the host's."""
    return hmac.compare_digest(thing.host_key_digest, digest_of(key))


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
