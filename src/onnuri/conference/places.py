"""The rule of first come, first served: pure, told what is taken."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

LIVE: Final = ("seat", "offered", "waiting", "online", "drawing", "released")
"""Places of people who are still coming."""


def place_for(wish: str, seats: int, free: int, *, somebody_waits: bool) -> str:
    """The place a claim gets at this moment: "seat", "waiting" or "online".

    Nobody passes the line: while anybody waits, a newcomer waits behind them, and a party is never torn apart.

    >>> place_for("hall", 2, 2, somebody_waits=False), place_for("hall", 2, 1, somebody_waits=False)
    ('seat', 'waiting')
    """
    if wish == "online":
        return "online"
    return "waiting" if somebody_waits or seats > free else "seat"


def offered(line: Iterable[int], free: int) -> int:
    """How many parties from the head of the line get seats; a party that does not fit stops the line.

    Args:
        line: seats of each party, in the line's order.
        free: seats nobody holds.

    >>> offered([1, 2, 4, 1], 5)
    2
    """
    count = 0
    for seats in line:
        if seats > free:
            break
        free -= seats
        count += 1
    return count


def offer_until(at: datetime, starts_at: datetime | None, hours: int) -> datetime:
    """Until when an offer stands: `hours`, but never more than a quarter of the time left until the start."""
    longest = timedelta(hours=hours)
    if starts_at is not None:
        longest = min(longest, (starts_at - at) / 4)
    return at + longest


def serves_line(at: datetime, starts_at: datetime | None) -> bool:
    """Offers end with the start; from then on the door seats who is there."""
    return starts_at is None or at < starts_at


def channel_of(place: str, wish: str) -> str | None:
    """By which channel a ticket's voice speaks: the hall for a seat, online for an online place.

    Who waits for a seat and would also come online speaks online; who waits for the hall alone has no voice yet, and
    neither has who has not yet taken the seat that is offered.
    """
    if place == "seat":
        return "hall"
    if place == "online" or (place in {"waiting", "offered"} and wish == "hall_or_online"):
        return "online"
    return None
