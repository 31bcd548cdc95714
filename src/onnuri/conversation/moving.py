"""A voice goes on to another phone: the cookies of the phones before it say nothing more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction

from onnuri.conversation.actions import locked, touch
from onnuri.conversation.models import Move
from onnuri.errors import Conflict, Forbidden

if TYPE_CHECKING:
    from onnuri.conversation.models import Conversation

LASTS_S: Final = 600
"""How long the QR on the first phone may be taken."""


def move_voice(*, code: str, voice: int, moves: int) -> int:
    """Take a voice over; the answer is how often it has moved now, which the new phone's cookie says.

    Args:
        code: of the conversation.
        voice: which one.
        moves: how often it had moved when the QR was drawn.

    Raises:
        Forbidden: move_unknown - no such voice.
        Conflict: move_expired - another phone has taken it since; sealed.
    """
    with transaction.atomic():
        conversation = locked(code)
        if conversation.segment == "published":
            raise Conflict("sealed")
        if not conversation.voices.filter(pk=voice).exists():
            raise Forbidden("move_unknown")
        if moves_of(conversation, voice) != moves:
            raise Conflict("move_expired")
        Move.objects.update_or_create(
            voice_id=voice, conversation=conversation, defaults={"times": moves + 1}, create_defaults={"times": 1}
        )
        touch(conversation)
        return moves + 1


def moves_of(conversation: Conversation, voice: int) -> int:
    """How often a voice has gone on to another phone."""
    found = Move.objects.filter(voice_id=voice, conversation=conversation).values_list("times", flat=True).first()
    return found or 0
