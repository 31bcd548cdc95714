"""An export stored as a conversation, with one voice per former participant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from django.db import transaction

from onnuri.conclusion.rules import Rules
from onnuri.conversation.actions import close_round, create_conversation, locked, new_row_number, touch
from onnuri.conversation.models import Conversation, Statement, Voice, Vote
from onnuri.publishing import sitting
from onnuri.text import plain_text

if TYPE_CHECKING:
    from datetime import datetime

    from onnuri.landscape.export import Export
    from onnuri.landscape.votes import Votes


def store_export(export: Export, votes: Votes, *, at: datetime, pem: bytes) -> tuple[Conversation, str]:
    """Store it as one closed round; the running server computes its landscape."""
    with transaction.atomic():
        conversation, key = create_conversation(
            question={"ko": export.topic[:300] or export.name},
            rules=Rules(vote="code").document(),
            seeds=[],
            at=at,
            attribution=export.attribution,
        )
        statements = _statements(conversation, export, votes)
        voices = _voices(conversation, votes)
        opened = sitting.open_vote_round(code=conversation.code, at=at, pem=pem)
        Vote.objects.bulk_create(
            Vote(round_id=opened.pk, voice_id=voices[int(row)], statement_id=statements[int(column)], value=int(value))
            for row, column, value in zip(votes.row, votes.column, np.asarray(votes.value), strict=True)
        )
        close_round(locked(conversation.code), at=at, grace_s=0)
        return conversation, key


def _statements(conversation: Conversation, export: Export, votes: Votes) -> dict[int, int]:
    """Column -> key of the stored statement; numbers are those of the export, moved up by one so that 0 stays free."""
    made = Statement.objects.bulk_create(
        Statement(
            conversation=conversation,
            number=number + 1,
            text=_text(export, number),
            lang="",
            kind=Statement.Kind.PARTICIPANT,
            state=Statement.State.ACCEPTED,
        )
        for number in votes.statements.tolist()
    )
    last = max(votes.statements.tolist(), default=0) + 2
    Conversation.objects.filter(pk=conversation.pk).update(next_statement=last)
    touch(conversation)
    return dict(enumerate(s.pk for s in made))


def _text(export: Export, number: int) -> str:
    known = export.statements.get(number)
    return plain_text(known.text, limit=None, field="text") if known is not None else f"#{number}"


def _voices(conversation: Conversation, votes: Votes) -> dict[int, int]:
    rows: set[int] = set()
    while len(rows) < len(votes.participants):
        rows.add(new_row_number())
    numbers = dict(enumerate(rows))
    channels = votes.channels()
    Voice.objects.bulk_create(
        Voice(id=numbers[index], conversation=conversation, channel=str(channels[index]), origin="imported")
        for index in range(len(votes.participants))
    )
    conversation.codes_issued = len(rows)
    Conversation.objects.filter(pk=conversation.pk).update(codes_issued=len(rows))
    return numbers
