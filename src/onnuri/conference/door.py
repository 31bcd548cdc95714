"""The rule of the door: what all devices scanned, merged as a set. Pure; the order of arrival never matters.

A device may be offline for an hour, so nothing here asks who was told first: of all entries that stand the earliest
one counts, and the others are notes that the same ticket came twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from unicodedata import normalize

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

IN: Final = "in"
UNDO: Final = "undo"
AHEAD: Final = timedelta(seconds=2)
"""A clock that is ahead by less than a slow answer takes is not worth a word."""
FIRST_SYLLABLE, LAST_SYLLABLE, SYLLABLES_AN_INITIAL = ord("가"), ord("힣"), 588
INITIALS: Final = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
CLUSTERS: Final = str.maketrans({
    "ㄳ": "ㄱㅅ", "ㄵ": "ㄴㅈ", "ㄶ": "ㄴㅎ", "ㄺ": "ㄹㄱ", "ㄻ": "ㄹㅁ", "ㄼ": "ㄹㅂ",
    "ㄽ": "ㄹㅅ", "ㄾ": "ㄹㅌ", "ㄿ": "ㄹㅍ", "ㅀ": "ㄹㅎ", "ㅄ": "ㅂㅅ",
})  # fmt: skip
"""Keyboards join two initials that are typed in a row."""


@dataclass(frozen=True)
class Seen:
    """One scan of one device. `counter` grows with every act of the device, whatever its clock does."""

    ticket: int
    act: str
    at: datetime
    device: str
    counter: int


@dataclass(frozen=True)
class Presence:
    """Where one ticket stands: its first entry if it is in, later ones, and what was taken back."""

    first: Seen | None
    duplicates: tuple[Seen, ...]
    undone: tuple[Seen, ...]


def merge(scans: Iterable[Seen]) -> dict[int, Presence]:
    """Merge scans of all devices; each ticket with what became of it.

    The earliest standing entry is the one that counts. An undo takes back the latest entry of its own device that
    still stands; where its device has none, it takes back every entry that stood until its time: an usher who undoes
    what another door did says that the person is not in.
    """
    by_ticket: dict[int, set[Seen]] = {}
    for scan in scans:
        by_ticket.setdefault(scan.ticket, set()).add(scan)
    return {ticket: _presence(found) for ticket, found in by_ticket.items()}


def headcount(merged: Mapping[int, Presence]) -> int:
    """How many people are in."""
    return sum(own.first is not None for own in merged.values())


def time_of(at: datetime, received_at: datetime) -> tuple[datetime, bool]:
    """The time a scan counts with, and whether the device's clock was ahead. A clock that is behind is believed."""
    return min(at, received_at), at - received_at > AHEAD


def matches(query: str, name: str) -> bool:
    """Whether a name is meant: any part of it, or its Hangul initials, or both mixed.

    >>> [matches(q, "홍 길동") for q in ("ㅎㄱㄷ", "길ㄷ", "홍길", "ㄱㅎ", "")]
    [True, True, True, False, False]
    """
    asked = "".join(normalize("NFC", query).translate(CLUSTERS).casefold().split())
    letters = "".join(normalize("NFC", name).casefold().split())
    last = len(letters) - len(asked)
    return bool(asked) and any(_like(asked, letters[i:]) for i in range(last + 1))


def _presence(scans: set[Seen]) -> Presence:
    standing: dict[Seen, None] = {}
    undone: list[Seen] = []
    strangers: list[Seen] = []
    for scan in sorted(scans, key=lambda s: (s.device, s.counter)):
        if scan.act == IN:
            standing[scan] = None
        elif (own := next((s for s in reversed(standing) if s.device == scan.device), None)) is not None:
            del standing[own]
            undone.append(own)
        else:
            strangers.append(scan)
    for undo in strangers:
        taken_back = [s for s in standing if s.at <= undo.at and not _after(s, undo)]
        undone += taken_back
        for own in taken_back:
            del standing[own]
    stands = sorted(standing, key=_time)
    return Presence(stands[0] if stands else None, tuple(stands[1:]), tuple(sorted(undone, key=_time)))


def _after(scan: Seen, undo: Seen) -> bool:
    # Of one device the counter says what came later, whatever its clock said.
    return scan.device == undo.device and scan.counter > undo.counter


def _time(scan: Seen) -> tuple[datetime, str, int]:
    return scan.at, scan.device, scan.counter


def _like(asked: Sequence[str], letters: Sequence[str]) -> bool:
    return all(a in {letter, _initial(letter)} for a, letter in zip(asked, letters, strict=False))


def _initial(letter: str) -> str:
    if not FIRST_SYLLABLE <= ord(letter) <= LAST_SYLLABLE:
        return letter
    return INITIALS[(ord(letter) - FIRST_SYLLABLE) // SYLLABLES_AN_INITIAL]
