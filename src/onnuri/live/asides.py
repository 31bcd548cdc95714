"""What phones send between rounds: answers to polls, lifted questions, votes on a challenge. Kept like votes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from onnuri.conversation import interlude as rules
from onnuri.conversation.entitled import require_entitled
from onnuri.errors import Conflict, NotFound, Refusal, Unprocessable
from onnuri.live.intake import Id, now, require_count, require_value
from onnuri.live.store import CHALLENGE_VOTES, LIFTS, POLL_ANSWERS

if TYPE_CHECKING:
    from onnuri.live.rooms import Room
    from onnuri.live.store import Row
    from onnuri.live.writer import Writer


class OneAnswer(msgspec.Struct, forbid_unknown_fields=True):
    """An answer to one poll: options or a point by number, or words."""

    id: Id
    poll: int
    choice: list[int] = []
    words: list[str] = []


class Answers(msgspec.Struct, forbid_unknown_fields=True):
    """The body of an answer request."""

    answers: list[OneAnswer]


class OneLift(msgspec.Struct, forbid_unknown_fields=True):
    """1 = I want to hear this too, 0 = no longer."""

    id: Id
    question: int
    value: int


class Lifts(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a lift request."""

    lifts: list[OneLift]


class OneChallengeVote(msgspec.Struct, forbid_unknown_fields=True):
    """An answer to one challenge of a figure."""

    id: Id
    challenge: int
    value: int


class ChallengeVotes(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a request with votes on challenges."""

    challenges: list[OneChallengeVote]


ANSWERS_BODY: Final = msgspec.json.Decoder(Answers)
LIFTS_BODY: Final = msgspec.json.Decoder(Lifts)
CHALLENGES_BODY: Final = msgspec.json.Decoder(ChallengeVotes)


async def take_answers(room: Room, voice: int, body: Answers, writer: Writer) -> dict[str, object]:
    """Store answers to polls; a former answer of the same voice is replaced as a whole."""
    require_count(len(body.answers), "answers")
    rows: list[Row] = []
    for answer in body.answers:
        rows += _rows_of(room, voice, answer)
    seq = await writer.put_rows(room.id, POLL_ANSWERS, rows)
    for answer in body.answers:
        room.answered(-answer.poll, voice)
    return {"ok": True, "accepted": len(body.answers), "seq": seq}


def _rows_of(room: Room, voice: int, answer: OneAnswer) -> list[Row]:
    poll = room.interludes.get(answer.poll)
    if poll is None or poll.kind not in rules.POLLS:
        raise NotFound("poll_unknown", field="poll", id=answer.id)
    if poll.counted or not rules.takes_answers(opened_at=poll.opened_at, closed_at=poll.closed_at, at=now()):
        raise Conflict("poll_closed", field="poll", id=answer.id)
    if answer.words:
        # Words stand on the big screen for all to read: whoever gives them writes.
        require_entitled(room.post, room.voices.get(voice, "open"), "post")
    try:
        parts = rules.answer_rows(poll.kind, poll.settings, answer.choice, answer.words)
    except Refusal as refusal:
        refusal.about["id"] = answer.id
        raise
    return [(poll.id, voice, *part) for part in parts]


async def take_lifts(room: Room, voice: int, body: Lifts, writer: Writer) -> dict[str, object]:
    """Store who wants to hear which question."""
    require_count(len(body.lifts), "lifts")
    for lift in body.lifts:
        if lift.question not in room.questions:
            raise NotFound("question_unknown", field="question", number=lift.question, id=lift.id)
        if lift.value not in {0, 1}:
            raise Unprocessable("vote_value", field="value", id=lift.id)
    rows = [(room.questions[one.question], voice, one.value) for one in body.lifts]
    seq = await writer.put_rows(room.id, LIFTS, rows)
    return {"ok": True, "accepted": len(rows), "seq": seq}


async def take_challenges(room: Room, voice: int, body: ChallengeVotes, writer: Writer) -> dict[str, object]:
    """Store votes on what is wrong with a figure."""
    require_count(len(body.challenges), "challenges")
    for one in body.challenges:
        if one.challenge not in room.challenges:
            raise NotFound("challenge_unknown", field="challenge", number=one.challenge, id=one.id)
        require_value(one.value, one.id)
    rows = [(room.challenges[one.challenge], voice, one.value) for one in body.challenges]
    seq = await writer.put_rows(room.id, CHALLENGE_VOTES, rows)
    return {"ok": True, "accepted": len(rows), "seq": seq}
