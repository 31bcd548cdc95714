"""Checking a published log of places: the chain, and that the rule was kept at every entry. Pure; anyone can run it.

The check replays the log with a plain model of the hall of its own, so that a fault of the book is found here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from onnuri.conference import draw
from onnuri.conference.ledger import MARK, chained

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from onnuri.conference.ledger import Receipt

MOST_PROBLEMS: Final = 20
LATE_FIRST: Final = -(10**12)
"""Who comes late to the door stands before everybody, in the order they came."""


@dataclass
class Party:
    """One claim as the log tells it."""

    wish: str
    seats: int
    place: str
    rank: int
    confirmed: bool = False
    beyond: bool = False


@dataclass
class Hall:
    """The plain model: what is taken and who waits."""

    capacity: int = 0
    beyond: int = 0
    taken: int = 0
    next_seq: int = 1
    party_limit: int = 4
    draw_minutes: int = 0
    drawn: bool = False
    closed: bool = False
    commitment: str = ""
    parties: dict[int, Party] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    passed_over: set[int] = field(default_factory=set)
    absent: set[int] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def free(self) -> int:
        return max(0, self.capacity + self.beyond - self.taken)

    def waiting(self) -> list[int]:
        """The line."""
        return sorted((s for s, p in self.parties.items() if p.place == "waiting"), key=lambda s: self.parties[s].rank)

    def surely_waiting(self) -> list[int]:
        """Those who cannot have taken a voice online meanwhile: who has, keeps it and waits no more, unlogged."""
        return [s for s in self.waiting() if not self._may_speak_online(s)]

    def _may_speak_online(self, seq: int) -> bool:
        own = self.parties[seq]
        return own.confirmed and own.wish == "hall_or_online"

    def sit(self, own: Party, place: str = "seat") -> None:
        own.place = place
        self.taken += own.seats

    def leave(self, own: Party, place: str) -> None:
        if own.place in {"seat", "offered"}:
            self.taken -= own.seats
            if own.beyond:
                self.beyond -= own.seats
                own.beyond = False
        own.place = place


@dataclass(frozen=True)
class Checked:
    """What a check found."""

    digest: str
    entries: int
    counts: Mapping[str, int]
    places: Mapping[str, int]
    passed_over: int
    absent: int
    problems: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not self.problems


def check(log: Mapping[str, Any], receipt: Receipt | None = None) -> Checked:
    """Check a whole log, and a receipt against it.

    Args:
        log: {"format", "conference", "digest", "entries": [{"n", "at", "act", "seq"?, ...}]} as it is published.
        receipt: whose signature was checked before.

    Returns: every problem names its entry; none = the rule was kept and nothing was changed afterwards.
    """
    hall, digest = Hall(), ""
    if log.get("format") != MARK:
        hall.problems.append(f"format is {log.get('format')!r}, not {MARK!r}")
    entries = log.get("entries")
    entries = entries if isinstance(entries, list) else []
    digests: dict[int, str] = {}
    before = ""
    for number, entry in enumerate(entries, 1):
        if len(hall.problems) >= MOST_PROBLEMS:
            break
        digest = _one(hall, number, entry, digest, before)
        if isinstance(entry, dict):
            before = str(entry.get("at"))
        digests[number] = digest
    if digest != log.get("digest"):
        hall.problems.append("the log's digest is not that of its entries: something was changed, added or left out")
    if receipt is not None:
        hall.problems += _receipt_problems(log, entries, digests, receipt)
    places: dict[str, int] = {}
    for own in hall.parties.values():
        places[own.place] = places.get(own.place, 0) + 1
    return Checked(
        digest,
        len(entries),
        hall.counts,
        places,
        len(hall.passed_over),
        len(hall.absent),
        tuple(hall.problems[:MOST_PROBLEMS]),
    )


def _one(hall: Hall, number: int, entry: Any, digest: str, before: str) -> str:  # noqa: ANN401 - JSON of anybody
    try:
        if entry["n"] != number:
            hall.problems.append(f"entry {number}: is numbered {entry['n']}")
        if str(entry["at"]) < before:
            hall.problems.append(f"entry {number}: the clock ran backwards")
        act = str(entry["act"])
        hall.counts[act] = hall.counts.get(act, 0) + 1
        ACTS[act](hall, entry, digest)
    except (KeyError, TypeError, ValueError) as problem:
        hall.problems.append(f"entry {number}: cannot be read ({type(problem).__name__}: {problem})")
    return chained(digest, entry) if isinstance(entry, dict) else digest


def _receipt_problems(
    log: Mapping[str, Any], entries: list[Any], digests: Mapping[int, str], own: Receipt
) -> list[str]:
    if own.conference != log.get("conference"):
        return [f"the receipt is of {own.conference!r}"]
    entry = entries[own.n - 1] if 0 < own.n <= len(entries) else None
    if not isinstance(entry, dict) or (entry.get("seq"), entry.get("at")) != (own.seq, own.at):
        return [f"the receipt's claim, number {own.seq} in entry {own.n}, is not in the log as it was"]
    if digests.get(own.n) != own.digest:
        return [f"the receipt's digest is not that of the log at entry {own.n}: what came before it was changed"]
    return []


# ---- what each act must be


def _open(hall: Hall, entry: dict[str, Any], _digest: str) -> None:
    if entry["n"] != 1:
        hall.problems.append(f"entry {entry['n']}: a log opens once")
    hall.capacity, hall.taken, hall.next_seq = int(entry["capacity"]), int(entry["taken"]), int(entry["next_seq"])
    hall.party_limit, hall.draw_minutes = int(entry["party_limit"]), int(entry["draw_minutes"])
    hall.commitment = str(entry.get("commitment", ""))


def _claim(hall: Hall, entry: dict[str, Any], _digest: str) -> None:
    n, seq, wish, seats, got = entry["n"], entry["seq"], entry["wish"], int(entry["seats"]), entry["got"]
    if hall.closed:
        hall.problems.append(f"entry {n}: a claim after the registration was closed")
    if seq != hall.next_seq:
        hall.problems.append(f"entry {n}: number {seq} was given, {hall.next_seq} was next")
    hall.next_seq = seq + 1
    if (before := entry.get("before")) is not None:
        hall.parties.pop(before, None)
    _must_get(hall, n, seq, wish, seats, got)
    own = hall.parties[seq] = Party(wish, seats, got, n, confirmed=before is not None)
    if got == "seat":
        hall.sit(own)


def _must_get(hall: Hall, n: int, seq: int, wish: str, seats: int, got: str) -> None:
    if wish == "online":
        right = {"online"}
    elif hall.draw_minutes and not hall.drawn:
        right = {"drawing"}
    elif seats > hall.free or hall.surely_waiting():
        right = {"waiting"}
    else:
        right = {"waiting", "seat"} if hall.waiting() else {"seat"}
    if got not in right:
        hall.problems.append(f"entry {n}: number {seq} got {got!r}, the rule gives {' or '.join(sorted(right))}")


def _confirm(hall: Hall, entry: dict[str, Any], _digest: str) -> None:
    own = hall.parties[entry["seq"]]
    own.confirmed = True
    if own.place == "offered":
        own.place = "seat"


def _lapse(hall: Hall, entry: dict[str, Any], _digest: str) -> None:
    own = hall.parties[entry["seq"]]
    if own.place in {"given_up", "lapsed"} or (own.place == "seat" and own.confirmed):
        hall.problems.append(f"entry {entry['n']}: number {entry['seq']} lost a place that no time could end")
    hall.leave(own, entry["got"])


def _offer(hall: Hall, entry: dict[str, Any], _digest: str) -> None:
    n, seq = entry["n"], entry["seq"]
    own = hall.parties[seq]
    if own.place != "waiting":
        hall.problems.append(f"entry {n}: number {seq} was offered a seat without waiting")
    if own.seats > hall.free:
        hall.problems.append(f"entry {n}: number {seq} was offered {own.seats} seats, {hall.free} were free")
    earlier = [s for s in hall.waiting() if hall.parties[s].rank < own.rank]
    wronged = [s for s in hall.surely_waiting() if hall.parties[s].rank < own.rank]
    if wronged and entry.get("door"):
        # At the door whoever is there sits down; who stands before them in the line has not come.
        hall.absent.update(wronged)
    elif wronged:
        hall.problems.append(f"entry {n}: number {seq} was offered a seat before number {wronged[0]}")
    hall.passed_over.update(set(earlier) - set(wronged))
    hall.sit(own, "offered")


def _accept(hall: Hall, entry: dict[str, Any], _digest: str) -> None:
    own = hall.parties[entry["seq"]]
    if own.place != "offered":
        hall.problems.append(f"entry {entry['n']}: number {entry['seq']} accepted what was not offered")
    own.place = "seat"


def _cancel(hall: Hall, entry: dict[str, Any], _digest: str) -> None:
    hall.leave(hall.parties[entry["seq"]], "given_up")


def _to_online(hall: Hall, entry: dict[str, Any], _digest: str) -> None:
    own = hall.parties[entry["seq"]]
    hall.leave(own, "online")
    own.wish = "online"


def _to_hall(hall: Hall, entry: dict[str, Any], _digest: str) -> None:
    n, own, got = entry["n"], hall.parties[entry["seq"]], entry["got"]
    own.wish = "hall_or_online"
    _must_get(hall, n, entry["seq"], own.wish, own.seats, got)
    own.rank, own.place = n, got
    if got == "seat":
        hall.sit(own)


def _capacity(hall: Hall, entry: dict[str, Any], _digest: str) -> None:
    hall.capacity = int(entry["seats"])


def _add(hall: Hall, entry: dict[str, Any], _digest: str) -> None:
    own = hall.parties[entry["seq"]]
    own.beyond = True
    hall.beyond += own.seats
    hall.sit(own)


def _move(hall: Hall, entry: dict[str, Any], _digest: str) -> None:
    own = hall.parties[entry["seq"]]
    own.rank = -entry["n"] if entry["to"] == "head" else entry["n"]


def _draw(hall: Hall, entry: dict[str, Any], digest: str) -> None:
    n, seed = entry["n"], str(entry["seed"])
    if draw.commitment(seed) != hall.commitment:
        hall.problems.append(f"entry {n}: the seed of the draw is not the one that was committed to")
    drawing = [s for s, p in hall.parties.items() if p.place == "drawing"]
    ranks = sorted(hall.parties[s].rank for s in drawing)
    for rank, seq in zip(ranks, draw.order(drawing, seed, digest), strict=True):
        hall.parties[seq].rank, hall.parties[seq].place = rank, "waiting"
    hall.drawn = True


def _release(hall: Hall, entry: dict[str, Any], _digest: str) -> None:
    hall.leave(hall.parties[entry["seq"]], "released")


def _late(hall: Hall, entry: dict[str, Any], _digest: str) -> None:
    own, got = hall.parties[entry["seq"]], entry["got"]
    own.rank, own.place = LATE_FIRST + entry["n"], got
    if got == "seat":
        hall.sit(own)


def _close(hall: Hall, _entry: dict[str, Any], _digest: str) -> None:
    hall.closed = True


ACTS: Final[Mapping[str, Callable[[Hall, dict[str, Any], str], None]]] = {
    "open": _open,
    "claim": _claim,
    "confirm": _confirm,
    "lapse": _lapse,
    "offer": _offer,
    "accept": _accept,
    "cancel": _cancel,
    "to_online": _to_online,
    "to_hall": _to_hall,
    "capacity": _capacity,
    "add": _add,
    "move": _move,
    "draw": _draw,
    "release": _release,
    "late": _late,
    "close": _close,
}
