"""The secret links of hosts, organisers and doors: what their cookies and keys open."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final

from django.conf import settings

from onnuri.conference.actions import digest_of
from onnuri.live.token import Signer

if TYPE_CHECKING:
    from django.http import HttpRequest

    from onnuri.conference.models import Conference
    from onnuri.conversation.models import Conversation

SIGNER: Final = Signer(settings.FOLDER.read("voices.key"))
DAY: Final = 24 * 3600


def came_by_link(kind: str, thing: Conversation | Conference, request: HttpRequest) -> bool:
    """Whether the request comes from where the host's link of this conversation or conference was opened."""
    if SIGNER.is_host(kind, thing.pk, request.COOKIES.get(f"host_{kind}_{thing.pk}")):
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
