"""Rules of rounds and of late answers. Pure; the time is passed in."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal

from onnuri.errors import Unprocessable

if TYPE_CHECKING:
    from datetime import datetime

VOTE_GRACE_S: Final = 1
"""A vote round is final a second after its close: the hall is waiting. Later answers are kept, flagged late."""

LONGEST_TIMER_S: Final = 3600


def closing_at(closes_at: datetime | None, *, at: datetime, seconds: int, anew: bool = False) -> datetime | None:
    """When something that is open closes by the clock, after the host has set it.

    Args:
        closes_at: what the clock said until now; None = no clock.
        at: now.
        seconds: so many more; 0 = no clock.
        anew: from now, whatever the clock said.
    """
    if not 0 <= seconds <= LONGEST_TIMER_S:
        raise Unprocessable("setting", field="seconds", least=0, most=LONGEST_TIMER_S)
    if not seconds:
        return None
    return max(at if anew or closes_at is None else closes_at, at) + timedelta(seconds=seconds)


def grace_of(kind: str, grace_s: int) -> timedelta:
    """How long answers that were on their way still count in full."""
    return timedelta(seconds=min(grace_s, VOTE_GRACE_S) if kind == "vote" else grace_s)


def standing(
    kind: str, *, final_at: datetime | None, at: datetime, sealed: bool, done: bool = False
) -> Literal["counts", "late", "too_late"]:
    """What becomes of an answer that arrives at `at` with a proof of its round.

    Until the round is final it counts. After that an answer of a vote round is kept and flagged, since the result
    was already shown; a ballot comes too late. After sealing nothing is taken.

    Args:
        kind: of the round.
        final_at: the end of its grace.
        at: when the answer arrives.
        sealed: whether the record is.
        done: its result is there. Then it is over, whatever a clock says that was set back.
    """
    if not done and (final_at is None or at < final_at):
        return "counts"
    return "late" if kind == "vote" and not sealed else "too_late"
