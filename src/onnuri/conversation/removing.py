"""Removing what was published: by one person while nobody has answered it, by two from the first vote on.

Votes are kept. What the result was with it and without it is written into the public log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from onnuri.conversation.actions import locked, touch
from onnuri.conversation.deciding import is_voted, write_down
from onnuri.conversation.models import Decision, Statement
from onnuri.conversation.moderating import require_two
from onnuri.conversation.statement import REASONS
from onnuri.errors import Conflict, NotFound, Unprocessable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from onnuri.conversation.models import Conversation

State = Statement.State
UP = (State.ACCEPTED, State.HIDDEN)


def remove(
    *, code: str, number: int, reason: str, who: str, at: datetime, figures: Mapping[str, Any] | None = None
) -> Decision:
    """Take a published statement down, or ask a second person to; `figures` = the result both ways, of a voted one.

    Returns: the decision; it waits for a second person while the statement is not removed.
    """
    with transaction.atomic():
        conversation = locked(code)
        found = _published(conversation, number)
        if reason not in REASONS:
            raise Unprocessable("reason_needed", field="reason")
        if asked_for(conversation, number) is not None:
            raise Conflict("removal_waits")
        made = write_down(conversation, "statements", number, "remove", who=who, at=at, reason=reason, text=found.text)
        if not is_voted(found):
            _take_down(made, found, {})
        elif not who.strip():
            raise Unprocessable("who_needed", field="who")
        else:
            made.figures = dict(figures or {})
            made.save(update_fields=["figures"])
        touch(conversation)
        return made


def second(*, code: str, number: int, who: str, at: datetime, figures: Mapping[str, Any]) -> Decision:
    """The second person says so too: the statement is gone, with the result both ways."""
    with transaction.atomic():
        conversation = locked(code)
        found = _published(conversation, number)
        asked = asked_for(conversation, number)
        if asked is None:
            raise Conflict("already_decided")
        require_two(asked.who, who)
        asked.seconded_by, asked.at = who, at
        asked.save(update_fields=["seconded_by", "at"])
        _take_down(asked, found, figures)
        touch(conversation)
        return asked


def drop(*, code: str, number: int) -> None:
    """It stays after all: what one person asked for is taken back, by that person or another."""
    with transaction.atomic():
        conversation = locked(code)
        asked = asked_for(conversation, number)
        if asked is None:
            raise Conflict("already_decided")
        asked.delete()
        touch(conversation)


def asked_for(conversation: Conversation, number: int) -> Decision | None:
    """The removal of a published statement that waits for a second person."""
    if not conversation.statements.filter(number=number, state__in=UP).exists():
        return None
    return (
        conversation.decisions.filter(kind="statements", number=number, act="remove", figures__done__isnull=True)
        .order_by("-pk")
        .first()
    )


def bring_back(conversation: Conversation, found: Statement, *, who: str, at: datetime) -> None:
    """A removed or hidden statement is there again; the caller holds the lock and has asked whether it may."""
    found.state, found.hidden_until, found.reason = State.ACCEPTED, None, ""
    found.save(update_fields=["state", "hidden_until", "reason"])
    write_down(conversation, "statements", found.number, "restore", who=who, at=at)


def _published(conversation: Conversation, number: int) -> Statement:
    found = conversation.statements.filter(number=number).first()
    if found is None:
        raise NotFound("statement_unknown", statement=number)
    if found.state not in UP:
        raise Conflict("already_decided")
    if conversation.segment == "published":
        raise Conflict("sealed")
    if conversation.rounds.exclude(kind="vote").exists() and number in _on_the_ballot(conversation):
        raise Conflict("remove_on_ballot")
    return found


def _on_the_ballot(conversation: Conversation) -> set[int]:
    # The shortlist's table is a layer above this one: what everybody is asked is asked of it by its name alone.
    shortlist: Any = getattr(conversation, "shortlist", None)
    return {one["id"] for one in shortlist.candidates} if shortlist is not None else set()


def _take_down(decision: Decision, found: Statement, figures: Mapping[str, Any]) -> None:
    decision.figures = {**figures, "done": True}
    decision.save(update_fields=["figures"])
    found.state, found.reason, found.hidden_until = State.REMOVED, decision.reason, None
    found.save(update_fields=["state", "reason", "hidden_until"])
