"""How often one voice, one device or one address may ask.

Every limit of a voice or a device is far above what a person's hands can do, so only a program meets it. An address
may be a whole hall, or a whole city behind its carrier: its limits are above what those do in their fastest minute,
and stand only where nothing else tells one from another. All are in memory, and nobody's address is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Final

from onnuri.errors import TooMany

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

MOST_KEPT: Final = 200_000


@dataclass(frozen=True)
class Pace:
    """So many at once, and so many a second after that."""

    burst: float
    per_second: float


SENDING: Final = Pace(120, 10)
"""Requests that store something, a voice: a phone that comes back after an outage sends fifty answers in each."""
READING: Final = Pace(60, 5)
"""Decks, a voice."""
GUESSING: Final = Pace(20, 0.2)
"""Wrong codes, a device: right ones are not counted, so a hall that joins at once is never stopped."""

CLAIMING: Final = Pace(2000, 30)
"""Claims of a place, an address: the opening minute of a town behind one carrier."""
OPEN_JOINS: Final = Pace(3000, 30)
"""Voices without ticket or code, an address: a full hall and its campus. With a code the codes are the limit."""
PAGES: Final = Pace(600, 20)
"""Forms that pages take, a device: phones of one make in one hall look alike."""
RIGHTS: Final = Pace(20, 1 / 60)
"""Requests of rights, an address: each is read by a person."""
LOOPBACK: Final = frozenset({"", "127.0.0.1", "::1"})
"""This machine itself, or a proxy in front that was not named: everybody, so nobody is counted by it."""


class Limits:
    """Buckets that fill by themselves; one a pace and whoever it is counted for."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._left: dict[tuple[Pace, Hashable], tuple[float, float]] = {}
        self.refused = 0

    def take(self, pace: Pace, whose: Hashable) -> None:
        """Count one, or refuse and say when to come back."""
        now, key = self._clock(), (pace, whose)
        left, then = self._left.get(key, (pace.burst, now))
        left = min(pace.burst, left + (now - then) * pace.per_second)
        if left < 1:
            self.refused += 1
            raise TooMany("too_fast", n=ceil((1 - left) / pace.per_second))
        if len(self._left) >= MOST_KEPT:
            self._forget(now)
        self._left[key] = (left - 1, now)

    def take_of_address(self, pace: Pace, address: str) -> None:
        """Count one for an address, where it tells anything."""
        if address not in LOOPBACK:
            self.take(pace, address)

    def require(self, pace: Pace, whose: Hashable) -> None:
        """Refuse who has used everything up, without counting."""
        now, key = self._clock(), (pace, whose)
        left, then = self._left.get(key, (pace.burst, now))
        if left + (now - then) * pace.per_second < 1:
            self.refused += 1
            raise TooMany("too_fast", n=ceil((1 - left) / pace.per_second))

    def _forget(self, now: float) -> None:
        """Full buckets say nothing."""
        self._left = {
            (pace, whose): (left, then)
            for (pace, whose), (left, then) in self._left.items()
            if left + (now - then) * pace.per_second < pace.burst
        }
