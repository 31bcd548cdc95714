"""Taking in votes and ballots: checked in memory, stored by the writer, answered after the commit."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final

import msgspec

from onnuri.conversation.entitled import require_entitled
from onnuri.conversation.round import standing
from onnuri.errors import Conflict, NotFound, Unprocessable
from onnuri.live.counts import COUNTS
from onnuri.live.store import BALLOTS as BALLOT_ROWS
from onnuri.live.store import VOTES as VOTE_ROWS
from onnuri.vocabulary import VOTE_VALUES

if TYPE_CHECKING:
    from onnuri.live.rooms import HotRound, HotStatement, Room
    from onnuri.live.token import Signer
    from onnuri.live.writer import Writer

MOST_AT_ONCE: Final = 50
Id = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class OneVote(msgspec.Struct, forbid_unknown_fields=True):
    """An answer to one statement; `id` is made on the phone."""

    id: Id
    statement: int
    value: int


class Votes(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a vote request."""

    votes: list[OneVote]
    round_ticket: str | None = None


class OneBallot(msgspec.Struct, forbid_unknown_fields=True):
    """An answer to one candidate; line 0 is the whole slate."""

    id: Id
    line: int
    value: int


class Ballots(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a ballot request."""

    ballots: list[OneBallot]
    round_ticket: str | None = None


VOTES: Final = msgspec.json.Decoder(Votes)
BALLOTS: Final = msgspec.json.Decoder(Ballots)


async def take_votes(room: Room, voice: int, body: Votes, signer: Signer, writer: Writer) -> dict[str, object]:
    """Store votes; refused as a whole, by name, when one of them cannot be."""
    require_count(len(body.votes), "votes")
    a_round = _round(room, body.round_ticket, signer)
    if a_round.kind != "vote":
        raise Conflict("round_closed")
    sealed = room.segment == "published"
    what = standing(a_round.kind, final_at=a_round.final_at, at=now(), sealed=sealed, done=a_round.done)
    if what == "too_late":
        raise Conflict("too_late", id=body.votes[0].id)
    statements = [_statement(room, vote) for vote in body.votes]
    late = what == "late"
    rows = [(a_round.id, voice, s.id, v.value, late) for s, v in zip(statements, body.votes, strict=True)]
    seq = await writer.put_rows(room.id, VOTE_ROWS, rows)
    COUNTS.votes += len(rows)
    if not late:
        room.answered(a_round.number, voice)
        if voice in room.answers:
            room.answers[voice].update(s.number for s in statements)
    about = [{"statement": s.number, "source": s.kind} for s in statements]
    return {"ok": True, "accepted": len(rows), "seq": seq, "late": late, "about": about}


async def take_ballots(room: Room, voice: int, body: Ballots, signer: Signer, writer: Writer) -> dict[str, object]:
    """Store ballots on the candidates or on the slate."""
    require_count(len(body.ballots), "ballots")
    a_round = _round(room, body.round_ticket, signer)
    if a_round.kind == "vote":
        raise Conflict("round_closed")
    if standing(a_round.kind, final_at=a_round.final_at, at=now(), sealed=False, done=a_round.done) != "counts":
        raise Conflict("too_late", id=body.ballots[0].id)
    require_entitled(room.ballot, room.voices.get(voice, "open"), "ballot")
    lines = room.lines(a_round.kind)
    for ballot in body.ballots:
        if ballot.line not in lines:
            raise NotFound("line_unknown", field="line", line=ballot.line, id=ballot.id)
        require_value(ballot.value, ballot.id)
    rows = [(a_round.id, voice, b.line, b.value) for b in body.ballots]
    seq = await writer.put_rows(room.id, BALLOT_ROWS, rows)
    COUNTS.ballots += len(rows)
    room.answered(a_round.number, voice)
    return {"ok": True, "accepted": len(rows), "seq": seq}


def require_count(count: int, field: str) -> None:
    """Refuse an empty request, and one too large."""
    if not 1 <= count <= MOST_AT_ONCE:
        raise Unprocessable("vote_count", field=field)


def _round(room: Room, ticket: str | None, signer: Signer) -> HotRound:
    """The round an answer belongs to: the one its deck proves, else the open one."""
    if ticket is None:
        if (now_open := room.open_round) is None:
            raise Conflict("round_closed")
        return now_open
    number = signer.round_of(room.id, ticket)
    found = room.rounds.get(number) if number is not None else None
    if found is None:
        raise Unprocessable("round_ticket", field="round_ticket")
    return found


def _statement(room: Room, vote: OneVote) -> HotStatement:
    require_value(vote.value, vote.id)
    found = room.statements.get(vote.statement)
    if found is None:
        key = "statement_gone" if vote.statement in room.gone else "statement_unknown"
        raise NotFound(key, field="statement", statement=vote.statement, id=vote.id)
    return found


def require_value(value: int, given_id: str) -> None:
    """Refuse what is none of the three answers."""
    if value not in VOTE_VALUES:
        raise Unprocessable("vote_value", field="value", id=given_id)


def now() -> datetime:
    """The server's clock."""
    return datetime.now(tz=UTC)
