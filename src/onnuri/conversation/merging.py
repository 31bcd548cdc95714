"""Merging: a statement that says what another says already, before anybody has answered it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from onnuri.conversation.actions import locked, touch
from onnuri.conversation.deciding import count_wait, is_voted, statement_of, write_down
from onnuri.conversation.models import Statement
from onnuri.errors import Conflict

if TYPE_CHECKING:
    from datetime import datetime

State = Statement.State
MERGEABLE = (State.WAITING, State.HELD, State.ACCEPTED)


def merge(*, code: str, number: int, into: int, who: str, at: datetime) -> Statement:
    """Say that a statement says the same as a published one; its author is shown the other, and votes like everybody.

    Nobody's vote is moved: from the first vote on, a statement stays what it is.
    """
    with transaction.atomic():
        conversation = locked(code)
        found, other = statement_of(conversation, number), statement_of(conversation, into)
        _require_mergeable(found, other)
        waited = found.waiting_since
        found.state, found.merged_into, found.suggestion, found.waiting_since = State.MERGED, other, "", None
        found.save(update_fields=["state", "merged_into", "suggestion", "waiting_since"])
        made = write_down(conversation, "statements", number, "merge", who=who, at=at, text=found.text)
        made.figures = {"into": other.number}
        made.save(update_fields=["figures"])
        count_wait(conversation, waited, at)
        touch(conversation)
        return found


def _require_mergeable(found: Statement, other: Statement) -> None:
    if found.pk == other.pk:
        raise Conflict("merge_itself")
    if found.state not in MERGEABLE or found.kind == Statement.Kind.SEED:
        raise Conflict("already_decided")
    if other.state != State.ACCEPTED:
        raise Conflict("merge_into_gone")
    if (found.kind == Statement.Kind.LINE) != (other.kind == Statement.Kind.LINE):
        raise Conflict("merge_kinds")
    if is_voted(found):
        raise Conflict("voted_on")
