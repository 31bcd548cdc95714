"""Suggesting an edit: the moderator writes it otherwise, the author takes it or keeps the own wording."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from onnuri.conversation.actions import locked, takes_statements, touch
from onnuri.conversation.deciding import is_voted, statement_of, write_down
from onnuri.conversation.models import Statement
from onnuri.conversation.moderating import require_unread
from onnuri.conversation.statement import checked_text
from onnuri.errors import Conflict, Forbidden

if TYPE_CHECKING:
    from datetime import datetime

    from onnuri.conversation.models import Conversation

State = Statement.State


def suggest(*, code: str, number: int, text: str, who: str, at: datetime) -> Statement:
    """Put another wording to the author; until the answer the statement is set aside."""
    with transaction.atomic():
        conversation = locked(code)
        found = statement_of(conversation, number)
        if is_voted(found):
            raise Conflict("voted_on")
        require_unread(found.state)
        if found.author_id is None:
            raise Conflict("author_gone")
        found.suggestion = checked_text(text, [found.text])
        found.state = State.HELD
        found.save(update_fields=["suggestion", "state"])
        write_down(conversation, "statements", number, "suggest", who=who, at=at)
        touch(conversation)
        return found


def take(*, code: str, voice: int, number: int, at: datetime) -> Statement:
    """The author takes the suggested wording: it is published."""
    with transaction.atomic():
        conversation = locked(code)
        found = _suggested(conversation, voice, number)
        if not takes_statements(conversation):
            raise Conflict("accept_over")
        others = conversation.statements.exclude(state__in=("refused", "merged")).exclude(pk=found.pk)
        found.text = checked_text(found.suggestion, list(others.values_list("text", flat=True)))
        found.suggestion, found.state, found.waiting_since = "", State.ACCEPTED, None
        found.save(update_fields=["text", "suggestion", "state", "waiting_since"])
        write_down(conversation, "statements", number, "accept", who="", at=at, text=found.text)
        touch(conversation)
        return found


def keep(*, code: str, voice: int, number: int) -> Statement:
    """The author keeps the own wording: it waits to be read as it is."""
    with transaction.atomic():
        conversation = locked(code)
        found = _suggested(conversation, voice, number)
        found.suggestion, found.state = "", State.WAITING
        found.save(update_fields=["suggestion", "state"])
        touch(conversation)
        return found


def _suggested(conversation: Conversation, voice: int, number: int) -> Statement:
    found = statement_of(conversation, number)
    if found.author_id != voice:
        raise Forbidden("not_your_statement")
    if found.state != State.HELD or not found.suggestion:
        raise Conflict("suggestion_gone")
    return found
