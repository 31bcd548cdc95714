"""What a rehearsal writes down while it runs: every answer made on a phone, and when what was seen."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Key = tuple[int, int]
"""voice, and the statement or line it answered."""


@dataclass
class RoundNotes:
    """One round: its answers, its requests, and seconds measured on the way. Moments are of the loop's clock."""

    number: int
    kind: str
    made: dict[Key, int] = field(default_factory=dict)
    requests: int = 0
    retried: int = 0
    stored: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    asked_s: list[float] = field(default_factory=list)
    first_sent: dict[int, float] = field(default_factory=dict)
    turnout: list[tuple[float, int]] = field(default_factory=list)
    closed: float | None = None
    shown: dict[int, float] = field(default_factory=dict)


@dataclass
class Diary:
    """All of it.

    `pages` are the bytes of a phone's first two pages with what they load; `shown` maps (segment, rounds) to screens.
    """

    rounds: dict[int, RoundNotes] = field(default_factory=dict)
    voices: dict[int, str] = field(default_factory=dict)
    codes_lost: int = 0
    pages: list[int] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    polled: int = 0
    reconnected_s: list[float] = field(default_factory=list)
    after_outage_s: list[float] = field(default_factory=list)
    shown: defaultdict[tuple[str, int], dict[int, float]] = field(default_factory=lambda: defaultdict(dict))

    def round(self, number: int, kind: str = "vote") -> RoundNotes:
        """The notes of one round."""
        return self.rounds.setdefault(number, RoundNotes(number, kind))


def share_of(values: Sequence[float], share: float) -> float | None:
    """The value below which so many of all lie, None without any.

    >>> share_of([4.0, 1.0, 3.0, 2.0], 0.5), share_of([], 0.99)
    (2.0, None)
    """
    if not values:
        return None
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))]


def turnout_s(notes: RoundNotes) -> list[float]:
    """From sending the n-th first answer of a round to the first turnout on the big screen that counts n people.

    Turnouts come in order and so do the answers, so one walk finds all pairs.
    """
    sent = sorted(notes.first_sent.values())
    found: list[float] = []
    for at, answered in notes.turnout:
        while len(found) < min(answered, len(sent)):
            found.append(max(0.0, at - sent[len(found)]))
    return found
