"""How an open round goes, without a word of how it stands: answers a minute, and hall against online."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Final

from django.core.cache import cache
from django.db.models import Count

from onnuri.conversation.models import BallotVote, Round, Vote
from onnuri.masking import SMALLEST_CELL
from onnuri.web import shown

if TYPE_CHECKING:
    from onnuri.conversation.models import Conversation

KEPT_S: Final = 10
"""A hundred thousand votes are not counted anew each time the console looks."""


def per_minute(conversation: Conversation) -> int | None:
    """Answers a minute since the round was opened. No answer has a time, so it is the mean."""
    now = _open_round(conversation)
    if now is None:
        return None
    minutes = max((shown.now() - now.opened_at).total_seconds() / 60, 1)
    votes = Vote if now.kind == Round.Kind.VOTE else BallotVote
    count = cache.get_or_set(_name("answers", conversation, now), votes.objects.filter(round=now).count, KEPT_S)
    return round((count or 0) / minutes)


def _name(what: str, conversation: Conversation, now: Round) -> str:
    return f"{what}.{conversation.code}.{now.number}"


def exposure_ratio(conversation: Conversation) -> float | None:
    """How often a statement was answered in the hall against online, per person who answered; 1 = equally.

    Formula: the median over statements s of (hall(s) / P_hall) / (online(s) / P_online), where P is how many people of
    the channel have answered anything in this round. Statements that one side has not met yet are left out.
    Only this ratio is told: how many answered what is a figure of an open round.
    """
    now = _open_round(conversation)
    if now is None or now.kind != Round.Kind.VOTE:
        return None
    found: float | None = cache.get_or_set(_name("exposure", conversation, now), lambda: _ratio(now) or 0.0, KEPT_S)
    return found or None


def _ratio(now: Round) -> float | None:
    votes = Vote.objects.filter(round=now)
    people = dict(votes.values_list("voice__channel").annotate(Count("voice_id", distinct=True)))
    met: dict[int, dict[str, int]] = {}
    for statement, channel, n in votes.values_list("statement_id", "voice__channel").annotate(Count("voice_id")):
        met.setdefault(statement, {})[channel] = n
    return ratio_of(list(met.values()), people)


def ratio_of(met: list[dict[str, int]], people: dict[str, int]) -> float | None:
    """The median of the ratios; None where either side has fewer people than a cell may show.

    >>> ratio_of([{"hall": 10, "online": 20}, {"hall": 5, "online": 5}], {"hall": 10, "online": 20})
    1.5
    """
    hall, online = people.get("hall", 0), people.get("online", 0)
    if min(hall, online) < SMALLEST_CELL:
        return None
    ratios = [(one["hall"] / hall) / (one["online"] / online) for one in met if one.get("hall") and one.get("online")]
    return median(ratios) if ratios else None


def _open_round(conversation: Conversation) -> Round | None:
    last = conversation.rounds.last()
    return last if last is not None and last.closed_at is None else None
