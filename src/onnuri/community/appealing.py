"""Appeals: the author of a refused or removed statement asks once that somebody else looks at it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction

from onnuri.community.models import Appeal
from onnuri.conversation.actions import locked, takes_statements, touch
from onnuri.conversation.models import Statement
from onnuri.conversation.moderating import require_another
from onnuri.conversation.removing import bring_back
from onnuri.errors import Conflict, Forbidden, NotFound
from onnuri.text import plain_text
from onnuri.vocabulary import STATEMENT_LIMIT

if TYPE_CHECKING:
    from datetime import datetime

    from onnuri.conversation.models import Conversation

State = Statement.State
APPEALED: Final = (State.REFUSED, State.REMOVED)
STATEMENTS: Final = "statements"


def appeal(*, code: str, voice: int, number: int, text: str, lang: str, at: datetime) -> Appeal:
    """Ask for a second look at one's own statement, in a sentence, once."""
    with transaction.atomic():
        conversation = locked(code)
        _require_open(conversation)
        found = conversation.statements.filter(number=number).first()
        if found is None:
            raise NotFound("statement_unknown", statement=number)
        if found.author_id != voice:
            raise Forbidden("not_your_statement")
        if appeal_of(conversation, number) is not None:
            raise Conflict("already_appealed")
        if found.state not in APPEALED:
            raise Conflict("nothing_to_appeal")
        kept = plain_text(text, limit=STATEMENT_LIMIT, field="text")
        made = Appeal.objects.create(
            conversation=conversation, kind=STATEMENTS, number=number, text=kept, lang=lang, at=at
        )
        touch(conversation)
        return made


def decide_appeal(*, code: str, number: int, grant: bool, who: str, at: datetime) -> Appeal:
    """Somebody who did not decide on the statement before looks at it again: it is published, or it stays away."""
    with transaction.atomic():
        conversation = locked(code)
        _require_open(conversation)
        asked = appeal_of(conversation, number)
        if asked is None or asked.state != "waiting":
            raise Conflict("already_decided")
        for before in deciders_of(conversation, number):
            require_another(before, who)
        found = conversation.statements.get(number=number)
        if grant:
            if not takes_statements(conversation):
                raise Conflict("accept_over")
            bring_back(conversation, found, who=who, at=at)
        asked.state = "granted" if grant else "refused"
        asked.decided_at, asked.decided_by = at, who
        asked.save(update_fields=["state", "decided_at", "decided_by"])
        touch(conversation)
        return asked


def appeal_of(conversation: Conversation, number: int) -> Appeal | None:
    """What the author asked for, if so."""
    return Appeal.objects.filter(conversation=conversation, kind=STATEMENTS, number=number).first()


def deciders_of(conversation: Conversation, number: int) -> list[str]:
    """Who decided last that the statement is not shown."""
    decided = conversation.decisions.filter(kind=STATEMENTS, number=number, act__in=("refuse", "remove"))
    last = decided.order_by("-pk").first()
    return [] if last is None else [who for who in (last.who, last.seconded_by) if who]


def _require_open(conversation: Conversation) -> None:
    if conversation.segment == "published":
        raise Conflict("sealed")
