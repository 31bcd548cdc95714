"""Rehearsals: a copy of a conversation with a code and a key of its own, for simulated people, and never listed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import Q

from onnuri.conversation.actions import add_statement, create_conversation, locked, touch
from onnuri.conversation.models import BallotVote, Conversation, SeatCode, Statement, Vote
from onnuri.errors import Conflict

if TYPE_CHECKING:
    from datetime import datetime

MARKS: Final = {
    "ko": "예행연습 · ",
    "en": "Rehearsal · ",
    "zh-hans": "彩排 · ",
    "ja": "リハーサル · ",
    "vi": "Diễn tập · ",
}
"""Stands before the question, in its own language, wherever the copy is shown."""
LONGEST_QUESTION: Final = 300
REHEARSALS: Final = Q(simulated=True, conference__isnull=True)
"""The sample is simulated too, but belongs to a conference: it is shown to everybody, a rehearsal to nobody."""


def is_rehearsal(conversation: Conversation) -> bool:
    """Whether it is a copy that may be deleted."""
    return conversation.simulated and conversation.conference_id is None


def make_rehearsal(*, code: str, at: datetime) -> tuple[Conversation, str]:
    """Copy question, rules and the published seeds; nobody, no answer and no signature. With the copy's own key."""
    with transaction.atomic():
        real = locked(code)
        seeds = real.statements.filter(kind=Statement.Kind.SEED, state=Statement.State.ACCEPTED)
        if not seeds.exists():
            raise Conflict("no_statements")
        copy, key = create_conversation(
            question={lang: _marked(lang, text) for lang, text in real.question.items()},
            # The digest of the seeds is set when the rules are signed.
            rules={name: value for name, value in real.rules.items() if name != "seeds"},
            seeds=(),
            at=at,
            simulated=True,
            attribution=real.attribution,
        )
        for seed in seeds:
            add_statement(copy, seed.text, seed.lang, Statement.Kind.SEED, state=Statement.State.ACCEPTED)
        touch(copy)
    return copy, key


def _marked(lang: str, question: str) -> str:
    mark = MARKS.get(lang, MARKS["en"])
    return question if question.startswith(mark) else (mark + question)[:LONGEST_QUESTION]


def delete_rehearsal(*, code: str) -> None:
    """Delete a copy with everything its simulated people said. Nothing else can be deleted this way."""
    with transaction.atomic():
        copy = locked(code)
        if not is_rehearsal(copy):
            raise Conflict("not_rehearsal")
        # By round and in one statement each: by voice there would be thousands.
        Vote.objects.filter(round__conversation=copy).delete()
        BallotVote.objects.filter(round__conversation=copy).delete()
        SeatCode.objects.filter(conversation=copy).delete()
        touch(copy)
        copy.delete()
