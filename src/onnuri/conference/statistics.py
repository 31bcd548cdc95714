"""What the log tells of a registration's course: how full it was when, how long holds took, who was moved. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime, timedelta


class Told(Protocol):
    """An entry of the log."""

    at: datetime
    act: str
    seq: int | None
    details: dict[str, Any]


@dataclass(frozen=True)
class Moment:
    """How it stood after an entry: parties registered and confirmed, seats held, parties waiting and online."""

    at: datetime
    claims: int
    confirmed: int
    seats: int
    waiting: int
    online: int
    capacity: int


@dataclass
class Course:
    """The whole course."""

    moments: list[Moment] = field(default_factory=list)
    sources: dict[str, int] = field(default_factory=dict)
    holds: list[float] = field(default_factory=list)
    """Minutes from claim to confirmation."""
    lapsed: int = 0
    moves: int = 0
    added: int = 0


HOLD_EDGES: Final = (1, 2, 5, 10, 30)
"""Minutes at which the bars of holds part."""


@dataclass
class _Party:
    seats: int
    place: str
    claimed: datetime
    confirmed: bool = False


def course(entries: Iterable[Told]) -> Course:
    """Walk through the log once."""
    found, parties = Course(), dict[int, _Party]()
    tally = {"claims": 0, "confirmed": 0, "seats": 0, "waiting": 0, "online": 0, "capacity": 0}
    for entry in entries:
        told, own = entry.details, parties.get(entry.seq or 0)
        if entry.act in {"open", "capacity"}:
            tally["capacity"] = int(told.get("capacity", told.get("seats", 0)))
            tally["seats"] += int(told.get("taken", 0))
        elif entry.act == "claim" and entry.seq is not None:
            own = _claimed(found, parties, tally, entry)
        elif entry.act == "draw":
            for party in parties.values():
                if party.place == "drawing":
                    _to(tally, party, "waiting")
        if own is not None:
            _one(found, tally, own, entry)
        found.moments.append(Moment(entry.at, **tally))
    return found


def _claimed(found: Course, parties: dict[int, _Party], tally: dict[str, int], entry: Told) -> _Party:
    told = entry.details
    before = parties.pop(told["before"], None) if "before" in told else None
    own = _Party(int(told["seats"]), "", before.claimed if before else entry.at, before is not None)
    if before is None:
        tally["claims"] += 1
        found.sources[told["by"]] = found.sources.get(told["by"], 0) + 1
    parties[entry.seq or 0] = own
    return own


def _one(found: Course, tally: dict[str, int], own: _Party, entry: Told) -> None:
    told, act = entry.details, entry.act
    if act == "confirm":
        own.confirmed = True
        tally["confirmed"] += 1
        if told.get("by") == "link":
            found.holds.append((entry.at - own.claimed).total_seconds() / 60)
    if act == "cancel" and own.confirmed:
        tally["confirmed"] -= 1
    found.lapsed += act == "lapse"
    found.moves += act == "move"
    found.added += act == "add"
    place = told.get("got") or GOES_TO.get(act) or ("seat" if act == "confirm" and own.place == "offered" else None)
    if place is not None:
        _to(tally, own, place)


GOES_TO: Final = {
    "offer": "offered",
    "accept": "seat",
    "cancel": "given_up",
    "to_online": "online",
    "add": "seat",
    "release": "released",
}


def _to(tally: dict[str, int], own: _Party, place: str) -> None:
    for where, by in ((own.place, -1), (place, 1)):
        if where in {"seat", "offered"}:
            tally["seats"] += by * own.seats
        elif where in {"waiting", "online"}:
            tally[where] += by
    own.place = place


def thinned(moments: Sequence[Moment], most: int = 200) -> list[Moment]:
    """As many moments as a picture can show, the last always among them.

    >>> thinned([]), len(thinned(range(1000), 10)), thinned(range(5), 10)[-1]
    ([], 10, 4)
    """
    if len(moments) <= most:
        return list(moments)
    last = len(moments) - 1
    return [moments[round(last * n / (most - 1))] for n in range(most)]


def table(moments: Sequence[Moment], most: int = 12) -> list[Moment]:
    """The same as rows: how it stood at the end of equal stretches of time.

    >>> table([])
    []
    """
    if not moments:
        return []
    first, last = moments[0].at, moments[-1].at
    step: timedelta = (last - first) / most
    found: list[Moment] = []
    for n in range(1, most + 1):
        until = last if n == most else first + n * step
        now = [m for m in moments if m.at <= until]
        if now and (not found or now[-1] is not found[-1]):
            found.append(now[-1])
    return found


def hold_counts(holds: Iterable[float]) -> list[int]:
    """How many confirmed within 1, 2, 5, 10, 30 minutes, and later.

    >>> hold_counts([0.5, 1.0, 3, 29, 31])
    [1, 1, 1, 0, 1, 1]
    """
    counts = [0] * (len(HOLD_EDGES) + 1)
    for minutes in holds:
        counts[sum(minutes >= edge for edge in HOLD_EDGES)] += 1
    return counts
