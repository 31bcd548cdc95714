"""A lost voice is replaced at the desk: a fresh one-time code, shown once, and the ticket's replacements are counted.

The lost voice itself cannot be taken back, because nobody knows which it was; that is why the count is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from onnuri.conference.book import locked
from onnuri.conference.places import channel_of
from onnuri.conversation.actions import issue_codes
from onnuri.errors import Conflict, NotFound

if TYPE_CHECKING:
    from onnuri.conference.models import Conference, Ticket
    from onnuri.conversation.models import Conversation


def replace_voice(slug: str, ticket: int) -> tuple[str, Conversation, int]:
    """A new seat code for whoever lost the phone that speaks for this ticket.

    Returns: the code, told only here; the conversation it opens; how often this ticket was replaced.
    """
    with transaction.atomic():
        conference = locked(slug)
        own = _ticket(conference, ticket)
        conversation = conference.conversations.order_by("pk").first()
        if conversation is None:
            raise NotFound("no_conversation")
        if conversation.segment == "published":
            raise Conflict("sealed")
        channel = channel_of(own.registration.place, own.registration.wish)
        if not own.minted or channel is None:
            raise Conflict("voice_unused")
        own.replaced += 1
        own.save(update_fields=["replaced"])
        (code,) = issue_codes(code=conversation.code, channel=channel, count=1)
        return code, conversation, own.replaced


def _ticket(conference: Conference, ticket: int) -> Ticket:
    own = conference.tickets.select_related("registration").filter(pk=ticket).first()
    if own is None:
        raise NotFound("claim_unknown")
    return own
