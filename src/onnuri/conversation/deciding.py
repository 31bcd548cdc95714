"""Decisions on whatever waits to be read, a verb each in one transaction, and how they are written down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from onnuri.conversation import actions, asking, citing, moderating
from onnuri.conversation.actions import locked, touch
from onnuri.conversation.models import Decision, Statement, Vote
from onnuri.errors import Conflict, NotFound

if TYPE_CHECKING:
    from datetime import datetime

    from onnuri.conversation.models import Challenge, Conversation, Evidence, Question

Text = "Statement | Question | Evidence | Challenge"
KINDS: Final = ("statements", "questions", "evidence", "challenges")
UNKNOWN: Final = {"questions": "question_unknown", "evidence": "evidence_unknown", "challenges": "challenge_unknown"}
WAITS: Final = "waits"
"""The kind of the one row of a conversation that counts how long its texts waited; it belongs to no text."""


def text_of(conversation: Conversation, kind: str, number: int) -> Statement | Question | Evidence | Challenge:
    """What has this number, or a refusal."""
    if kind not in KINDS:
        raise NotFound("not_found")
    things: Any = getattr(conversation, kind)
    found: Statement | Question | Evidence | Challenge | None = things.filter(number=number).first()
    if found is None:
        if kind == "statements":
            raise NotFound("statement_unknown", statement=number)
        raise NotFound(UNKNOWN[kind], number=number)
    return found


def statement_of(conversation: Conversation, number: int) -> Statement:
    """The statement of this number, or a refusal; of a sealed conversation none."""
    if conversation.segment == "published":
        raise Conflict("sealed")
    found = conversation.statements.filter(number=number).first()
    if found is None:
        raise NotFound("statement_unknown", statement=number)
    return found


def is_voted(statement: Statement) -> bool:
    """Whether anybody has answered it."""
    return Vote.objects.filter(statement=statement).exists()


def decide(
    *,
    code: str,
    kind: str,
    number: int,
    accept: bool,
    reason: str = "",
    source_checked: bool = False,
    who: str = "",
    at: datetime,
) -> None:
    """Publish or refuse what waits, of whatever kind."""
    with transaction.atomic():
        conversation = locked(code)
        waited = text_of(conversation, kind, number).waiting_since
        match kind:
            case "statements":
                actions.decide(code=code, number=number, accept=accept, reason=reason, at=at, who=who)
            case "questions":
                asking.decide(code=code, number=number, accept=accept, reason=reason)
            case "evidence":
                citing.decide_card(
                    code=code, number=number, accept=accept, reason=reason, source_checked=source_checked
                )
            case _:
                citing.decide_challenge(code=code, number=number, accept=accept, reason=reason)
        if kind != "statements":
            # In no words: of these the author was told that the reason goes to nobody else.
            write_down(conversation, kind, number, "accept" if accept else "refuse", who=who, at=at, reason=reason)
        count_wait(conversation, waited, at)


def write_down(
    conversation: Conversation,
    kind: str,
    number: int,
    act: str,
    *,
    who: str,
    at: datetime,
    reason: str = "",
    text: str = "",
) -> Decision:
    """One line of the log."""
    return conversation.decisions.create(
        kind=kind, number=number, act=act, reason="" if act == "accept" else reason, who=who, at=at, text=text
    )


def count_wait(conversation: Conversation, since: datetime | None, at: datetime) -> None:
    """Remember how long something waited, and nothing of what it was."""
    step = moderating.step_of(since, at)
    if step is None:
        return
    row, _made = conversation.decisions.get_or_create(
        kind=WAITS, number=0, act=WAITS, defaults={"at": conversation.created_at}
    )
    row.figures[step] = row.figures.get(step, 0) + 1
    row.save(update_fields=["figures"])


def hold(*, code: str, kind: str, number: int, who: str, at: datetime) -> None:
    """Put a text aside: it still waits, in the second list."""
    with transaction.atomic():
        conversation = locked(code)
        found = text_of(conversation, kind, number)
        if found.state != Statement.State.WAITING:
            raise Conflict("already_decided")
        found.state = Statement.State.HELD
        found.save(update_fields=["state"])
        write_down(conversation, kind, number, "hold", who=who, at=at)
        touch(conversation)


def resume(*, code: str, kind: str, number: int) -> None:
    """Back into the queue, without what was suggested."""
    with transaction.atomic():
        conversation = locked(code)
        found = text_of(conversation, kind, number)
        if found.state != Statement.State.HELD:
            raise Conflict("already_decided")
        found.state = Statement.State.WAITING
        found.save(update_fields=["state"])
        if isinstance(found, Statement):
            Statement.objects.filter(pk=found.pk).update(suggestion="")
        touch(conversation)


def undo(*, code: str, who: str, at: datetime) -> tuple[str, int]:
    """Take this person's last decision back, at once and while nobody has voted; it waits to be read again.

    The decision leaves no line in the log: nobody was told of it yet. Returns: kind and number of the text.
    """
    with transaction.atomic():
        conversation = locked(code)
        last = conversation.decisions.exclude(kind=WAITS).order_by("-pk").first()
        if last is None or moderating.person(last.who) != moderating.person(who) or last.kind not in KINDS:
            raise Conflict("undo_late")
        found = text_of(conversation, last.kind, last.number)
        voted = isinstance(found, Statement) and is_voted(found)
        moderating.require_undoable(last.act, since=at - last.at, voted=voted)
        _wait_again(found, at)
        if isinstance(found, Statement):
            _statement_again(found, last)
        last.delete()
        touch(conversation)
        return last.kind, last.number


def _wait_again(found: Statement | Question | Evidence | Challenge, at: datetime) -> None:
    found.state, found.reason = Statement.State.WAITING, ""
    found.waiting_since = found.waiting_since or at
    found.save(update_fields=["state", "reason", "waiting_since"])


def _statement_again(found: Statement, last: Decision) -> None:
    found.merged_into, found.suggestion = None, ""
    found.save(update_fields=["merged_into", "suggestion"])
    if last.act == "refuse" and found.redraft_of_id is not None:
        # The refusal had brought the former wording back.
        Statement.objects.filter(pk=found.redraft_of_id).update(state=Statement.State.WITHDRAWN)


def waits_of(conversation: Conversation) -> dict[str, int]:
    """How many texts waited how long: first second of the step -> texts."""
    row = conversation.decisions.filter(kind=WAITS).first()
    return dict(row.figures) if row is not None else {}
