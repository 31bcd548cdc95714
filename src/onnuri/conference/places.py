"""The rule of first come, first served: pure, told what is taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection


@dataclass(frozen=True)
class Given:
    """Where a claim stands: `seat` with its number, `waiting` or `online`."""

    place: str
    seat_number: int | None = None


def place_for(wish: str, taken: Collection[int], capacity: int, waiting: int) -> Given:
    """Give the place a claim gets at this moment.

    Nobody passes the line: while anybody waits, a newcomer waits behind them.

    >>> place_for("hall", {1, 2}, 3, 0), place_for("hall", {1, 2, 3}, 3, 0).place
    (Given(place='seat', seat_number=3), 'waiting')
    """
    if wish == "online":
        return Given("online")
    if waiting or len(taken) >= capacity:
        return Given("waiting")
    return Given("seat", first_free(taken, capacity))


def first_free(taken: Collection[int], capacity: int) -> int:
    """The lowest seat number nobody has."""
    return next(n for n in range(1, capacity + 1) if n not in taken)


def channel_of(place: str, wish: str) -> str | None:
    """By which channel a ticket's voice speaks: the hall for a seat, online for an online place.

    Who waits for a seat and would also come online speaks online; who waits for the hall alone has no voice yet.
    """
    if place == "seat":
        return "hall"
    if place == "online" or (place == "waiting" and wish == "hall_or_online"):
        return "online"
    return None
