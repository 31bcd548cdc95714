"""What pages and the engine ask of a conversation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from onnuri.conversation.models import BallotVote, Conversation, Vote
from onnuri.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable

VoteRow = tuple[int, int, int, str, int, int]
"""participant (row number), statement number, round number, channel, late, vote: as in votes.csv."""
BallotRow = tuple[str, int, str, str, int]
"""kind, participant, channel, line as written ("*" = the whole), vote."""


@dataclass(frozen=True)
class Cast:
    """Everything that was answered."""

    votes: list[VoteRow]
    ballots: list[BallotRow]
    channel: dict[int, str]
    origin: dict[int, str]


def conversation_by_code(code: str) -> Conversation:
    """Find it or refuse."""
    found = Conversation.objects.select_related("conference").filter(code=code.upper()).first()
    if found is None:
        raise NotFound("code_unknown")
    return found


def cast(conversation: Conversation) -> Cast:
    """Read all votes and ballots in one go."""
    channel, origin = {}, {}
    for voice, own_channel, own_origin in conversation.voices.values_list("id", "channel", "origin"):
        channel[voice], origin[voice] = own_channel, own_origin
    numbers = dict(conversation.statements.values_list("id", "number"))
    rounds = {r.pk: r for r in conversation.rounds.all()}
    votes = [
        (voice, numbers[statement], rounds[round_id].number, channel[voice], int(late), value)
        for round_id, voice, statement, value, late in Vote.objects.filter(round__in=rounds).values_list(
            "round_id", "voice_id", "statement_id", "value", "late"
        )
        # An answer that was on its way when its voice was erased is nobody's.
        if voice in channel
    ]
    ballots = [
        (rounds[round_id].kind, voice, channel[voice], "*" if line == 0 else str(line), value)
        for round_id, voice, line, value in BallotVote.objects.filter(round__in=rounds).values_list(
            "round_id", "voice_id", "line", "value"
        )
        if voice in channel
    ]
    return Cast(votes, ballots, channel, origin)


def rows_of_round(found: Cast, number: int) -> Iterable[VoteRow]:
    """What counted in one vote round."""
    return (r for r in found.votes if r[2] == number and not r[4])
