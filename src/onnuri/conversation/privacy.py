"""Everything that is held of one voice, for whoever has it on their phone. Nobody else can ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from onnuri.vocabulary import in_language

if TYPE_CHECKING:
    from onnuri.conversation.models import Trait, Voice

Held = dict[str, Any]


def held_of_voice(voice: Voice) -> Held:
    """Every row that names this voice. There is no time and no name in it: none is kept."""
    conversation = voice.conversation
    return {
        "conversation": conversation.code,
        "question": in_language(conversation.question, "ko"),
        "voice": {"number": voice.pk, "channel": voice.channel, "origin": voice.origin},
        "moves": [{"times": one.times} for one in voice.moves.all()],
        "traits": [_trait(conversation.traits_asked, one) for one in voice.traits.order_by("name")],
        "votes": [
            {"round": v.round.number, "statement": v.statement.number, "vote": v.value, "late": v.late}
            for v in voice.votes.select_related("round", "statement").order_by("round__number", "statement__number")
        ],
        "ballots": [
            {"ballot": b.round.kind, "line": b.line, "vote": b.value}
            for b in voice.ballot_votes.select_related("round").order_by("round__number", "line")
        ],
        "statements": [_written(s, kind=s.kind, cites=s.cites) for s in voice.statements.all()],
        "objections": [
            {"line": o.line.number, "text": o.text, "lang": o.lang} for o in voice.objections.select_related("line")
        ],
        "questions": [_written(q) for q in voice.questions.all()],
        "lifts": [
            {"question": one.question.number, "lifted": bool(one.value)}
            for one in voice.lifts.select_related("question").order_by("question__number")
        ],
        "poll_answers": [
            {"poll": a.interlude.number, "part": a.part, "value": a.value, "text": a.text}
            for a in voice.poll_answers.select_related("interlude").order_by("interlude__number", "part")
        ],
        "evidence": [
            {"number": e.number, "figure": e.figure, "unit": e.unit, "about": e.about, "source": e.source,
             "url": e.url, "dated": e.dated, "note": e.note, "lang": e.lang, "state": e.state}
            for e in voice.evidence.all()
        ],
        "challenges": [_written(c, source=c.source) for c in voice.challenges.all()],
        "challenge_votes": [
            {"challenge": v.challenge.number, "vote": v.value}
            for v in voice.challenge_votes.select_related("challenge").order_by("challenge__number")
        ],
    }  # fmt: skip


def _trait(asked: list[Held], one: Trait) -> Held:
    """What was asked and what was said to it, in the organiser's words."""
    told: Held = {"question": one.name, "option": one.value}
    if one.name <= len(asked) and one.value <= len(asked[one.name - 1]["options"]):
        question = asked[one.name - 1]
        told |= {"asked": in_language(question["label"], "ko")}
        told |= {"said": in_language(question["options"][one.value - 1], "ko")}
    return told


def _written(one: Any, **more: object) -> Held:  # noqa: ANN401 - statements, questions and challenges alike
    return {"number": one.number, "text": one.text, "lang": one.lang, "state": one.state, "reason": one.reason, **more}
