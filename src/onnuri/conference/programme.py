"""The rules of the programme: its times, its order, and which changes people must be told of. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from onnuri.errors import Unprocessable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime, timedelta

KINDS: Final = (
    "talk", "panel", "questions", "round", "where", "lines", "ballot", "ratification", "break", "other",
)  # fmt: skip
DECIDING: Final = ("round", "where", "lines", "ballot", "ratification")
"""Sessions in which everybody decides together."""
MOST_SESSIONS: Final = 300
LONGEST_ADDRESS: Final = 500
_HOST: Final = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}")
_NOT_IN_ADDRESSES: Final = frozenset("\"'<>\\^`{|} ;,")


@dataclass(frozen=True)
class Whole:
    """The conference as the rules see it. `until` may be open."""

    doors_at: datetime | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    venue: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Item:
    """One session as the rules see it; a room without a name is the hall itself."""

    pk: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    room: Mapping[str, str] = field(default_factory=dict)
    speaker: Mapping[str, str] = field(default_factory=dict)
    cancelled: bool = False


@dataclass(frozen=True)
class Change:
    """Something people were told otherwise before.

    `kind` is "time", "room", "speaker", "cancelled" or "restored" of a session, "when" or "venue" of the conference.
    `before` is the start it had, as ISO 8601; `title` is kept of sessions that are gone.
    """

    kind: str
    session: int | None = None
    before: str = ""
    title: Mapping[str, str] = field(default_factory=dict)


# ---- times


def check_whole(whole: Whole) -> None:
    """Doors, start and end in this order.

    Raises:
        Unprocessable: start_missing, ends_first, doors_late.
    """
    check_span(whole.starts_at, whole.ends_at)
    if whole.doors_at is not None and whole.starts_at is None:
        raise Unprocessable("start_missing", field="starts_at")
    if whole.doors_at is not None and whole.starts_at is not None and whole.doors_at > whole.starts_at:
        raise Unprocessable("doors_late", field="doors_at")


def check_span(starts_at: datetime | None, ends_at: datetime | None) -> None:
    """An end comes after a start.

    Raises:
        Unprocessable: start_missing, ends_first.
    """
    if ends_at is not None and starts_at is None:
        raise Unprocessable("start_missing", field="starts_at")
    if ends_at is not None and starts_at is not None and ends_at <= starts_at:
        raise Unprocessable("ends_first", field="ends_at")


def check_inside(item: Item, whole: Whole) -> None:
    """A session lies inside the conference, from the doors on.

    Raises:
        Unprocessable: outside, at the field that is outside.
    """
    if (found := outside(item, whole)) is not None:
        raise Unprocessable("outside", field=found)


def outside(item: Item, whole: Whole) -> str | None:
    """The field by which a session lies outside the conference; None when it lies inside."""
    opening = whole.doors_at or whole.starts_at
    if item.starts_at is not None and opening is not None and item.starts_at < opening:
        return "starts_at"
    if item.starts_at is not None and whole.ends_at is not None and item.starts_at >= whole.ends_at:
        return "starts_at"
    if item.ends_at is not None and whole.ends_at is not None and item.ends_at > whole.ends_at:
        return "ends_at"
    return None


def moved_along(item: Item, by: timedelta) -> Item:
    """The session that much later."""
    return replace(
        item,
        starts_at=None if item.starts_at is None else item.starts_at + by,
        ends_at=None if item.ends_at is None else item.ends_at + by,
    )


def end_of(item: Item, items: Iterable[Item], whole: Whole) -> datetime | None:
    """When a session ends: as it says, else when the next one begins, else with the conference."""
    if item.ends_at is not None or item.starts_at is None:
        return item.ends_at
    later = [i.starts_at for i in items if i.starts_at is not None and i.starts_at > item.starts_at and not i.cancelled]
    if later:
        return min(later)
    return whole.ends_at if whole.ends_at is not None and whole.ends_at > item.starts_at else None


# ---- order


def index_for(starts_at: datetime | None, others: Sequence[Item]) -> int:
    """Where a session belongs among the others: before the first that begins later, without a time at the end."""
    if starts_at is None:
        return len(others)
    later = (n for n, other in enumerate(others) if other.starts_at is not None and other.starts_at > starts_at)
    return next(later, len(others))


def out_of_order(items: Sequence[Item]) -> list[int]:
    """Indexes of the sessions that stand after one that begins later."""
    timed = [(n, i.starts_at) for n, i in enumerate(items) if i.starts_at is not None and not i.cancelled]
    return [after for (_before, earlier), (after, later) in pairwise(timed) if later < earlier]


def overlaps(items: Sequence[Item]) -> list[tuple[int, int]]:
    """Pairs of indexes that are in one room at the same time; a warning, since a hall may be parted."""
    held = [(i.starts_at, n) for n, i in enumerate(items) if i.starts_at is not None and not i.cancelled]
    return [
        (first, second)
        for (begun, first), (begins, second) in combinations(sorted(held), 2)
        if _one_room(items[first], items[second]) and _goes_on(begun, items[first].ends_at, begins)
    ]


def _one_room(one: Item, other: Item) -> bool:
    if not one.room or not other.room:
        return not one.room and not other.room
    return any(one.room.get(language) == name for language, name in other.room.items())


def _goes_on(begun: datetime, ends_at: datetime | None, at: datetime) -> bool:
    # Without an end it ends with the next one.
    return begun == at or (ends_at is not None and at < ends_at)


# ---- changes worth announcing


def changes_of_session(before: Item, after: Item) -> list[Change]:
    """What of a session people must be told: what they had been told otherwise.

    A time, room or speaker that is named for the first time is no change, and neither is a translation.
    """
    if after.cancelled:
        return [] if before.cancelled else [Change("cancelled", before.pk)]
    found = [Change("restored", before.pk)] if before.cancelled else []
    if _other_time(before.starts_at, after.starts_at) or _other_end(before, after):
        found.append(Change("time", before.pk, _iso(before.starts_at)))
    if told_otherwise(before.room, after.room):
        found.append(Change("room", before.pk))
    if told_otherwise(before.speaker, after.speaker):
        found.append(Change("speaker", before.pk))
    return found


def changes_of_conference(before: Whole, after: Whole) -> list[Change]:
    """What of the conference people must be told."""
    found = []
    if any(_other_time(getattr(before, name), getattr(after, name)) for name in ("doors_at", "starts_at", "ends_at")):
        found.append(Change("when", None, _iso(before.starts_at)))
    if told_otherwise(before.venue, after.venue):
        found.append(Change("venue"))
    return found


def told_otherwise(before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    """Whether a text says something else now in a language it had.

    >>> told_otherwise({"ko": "가"}, {"ko": "가", "en": "A"}), told_otherwise({"ko": "가"}, {"ko": "나"})
    (False, True)
    """
    return any(after.get(language) != text for language, text in before.items())


def merged(changes: Iterable[Change]) -> list[Change]:
    """Changes of several savings as one: the first "before" stays, cancelling and taking it back are nothing."""
    found: dict[tuple[str, int | None], Change] = {}
    for change in changes:
        opposite = {"cancelled": "restored", "restored": "cancelled"}.get(change.kind)
        if opposite is not None and found.pop((opposite, change.session), None) is not None:
            continue
        found.setdefault((change.kind, change.session), change)
    gone = {session for kind, session in found if kind == "cancelled"}
    return [c for c in found.values() if c.kind == "cancelled" or c.session is None or c.session not in gone]


def _other_time(before: datetime | None, after: datetime | None) -> bool:
    return before is not None and before != after


def _other_end(before: Item, after: Item) -> bool:
    return before.starts_at is not None and _other_time(before.ends_at, after.ends_at)


def _iso(moment: datetime | None) -> str:
    return "" if moment is None else moment.isoformat()


# ---- addresses elsewhere


def checked_address(written: str, *, field: str) -> str:
    """An address elsewhere, https alone, as we may link to it and name its host in a header; blank stays blank.

    Raises:
        Unprocessable: address.
    """
    address = written.strip()
    if not address:
        return ""
    if len(address) > LONGEST_ADDRESS or not address.isprintable():
        raise Unprocessable("address", field=field)
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").encode("idna").decode().lower(), parts.port
    except ValueError:  # UnicodeError is one too
        raise Unprocessable("address", field=field) from None
    own = parts.scheme == "https" and "@" not in parts.netloc and _HOST.fullmatch(host) is not None
    rest = address[len(parts.scheme) + 3 + len(parts.netloc) :]
    if not own or _NOT_IN_ADDRESSES & set(rest):
        raise Unprocessable("address", field=field)
    return f"https://{host}{f':{port}' if port not in {None, 443} else ''}{rest}"


def host_of_address(address: str) -> str:
    """The host with its port, to name it to people and to browsers.

    >>> host_of_address("https://live.example.kr:8443/hall.m3u8")
    'live.example.kr:8443'
    """
    return urlsplit(address).netloc
