"""Tablets of the information desk: who may be one, and the link that makes a tablet one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from onnuri.errors import Forbidden
from onnuri.live.cards import device_cookie
from onnuri.web.voices import DAY, SIGNER, host_of

if TYPE_CHECKING:
    from onnuri.conversation.models import Conversation

DEVICE_DAYS: Final = 3


def device_key(conversation: Conversation) -> str:
    """What the link for a device carries, and the device keeps."""
    return SIGNER.host("kiosk", conversation.pk)


def is_device(request: HttpRequest, conversation: Conversation) -> bool:
    """Whether this is a device of the information desk, or the host who tries it."""
    kept = request.COOKIES.get(device_cookie(conversation.pk))
    return SIGNER.is_host("kiosk", conversation.pk, kept) or host_of("c", conversation, request)


def becomes_a_device(request: HttpRequest, conversation: Conversation, *, key: str, to: str) -> HttpResponse:
    """The link makes this tablet a device; its key then leaves the address bar."""
    if not SIGNER.is_host("kiosk", conversation.pk, key):
        raise Forbidden("kiosk_only")
    answer = HttpResponseRedirect(to)
    answer.set_cookie(
        device_cookie(conversation.pk),
        key,
        max_age=DEVICE_DAYS * DAY,
        path=f"/kiosk/{conversation.code}",
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return answer
