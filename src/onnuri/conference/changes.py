"""What people do with their place afterwards, and what organisers do with the hall."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from onnuri.conference.checking import LATE_FIRST
from onnuri.conference.claims import minted
from onnuri.conference.models import Registration
from onnuri.conference.places import LIVE
from onnuri.errors import Conflict, Unprocessable
from onnuri.text import plain_text

if TYPE_CHECKING:
    from collections.abc import Collection

    from onnuri.conference.book import Book

Place = Registration.Place
Wish = Registration.Wish
LARGEST_HALL: Final = 100_000
REASON_LIMIT: Final = 300


# ---- people


def give_up(book: Book, own: Registration) -> Registration:
    """Give a place up, for good; the tickets are revoked."""
    if own.place == Place.GIVEN_UP:
        raise Conflict("given_up")
    if minted(own):
        raise Conflict("voice_taken")
    book.unseat(own, Place.GIVEN_UP)
    own.save(update_fields=["place", "hold_until", "beyond"])
    book.tickets(own).update(code=None)
    book.log("cancel", own)
    book.mail("cancelled", own)
    return own


def accept(book: Book, own: Registration) -> Registration:
    """Take the seat that is offered."""
    if own.place == Place.SEAT:
        return own
    if own.place != Place.OFFERED:
        raise Conflict("no_offer")
    if own.confirmed_at is None:
        raise Conflict("confirm_first")
    if minted(own):
        raise Conflict("voice_taken")
    own.place, own.hold_until = Place.SEAT, None
    own.save(update_fields=["place", "hold_until"])
    book.log("accept", own)
    book.mail("ticket", own)
    return own


def to_online(book: Book, own: Registration) -> Registration:
    """Come online instead: always possible until a voice was taken, and the seat goes on at once."""
    _may_move(own)
    if own.place == Place.ONLINE:
        return own
    # Nobody gets rid of the end of an unconfirmed hold by going online and back.
    until = own.hold_until if own.confirmed_at is None else None
    book.unseat(own, Place.ONLINE)
    own.wish, own.hold_until = Wish.ONLINE, until
    own.save(update_fields=["place", "hold_until", "beyond", "wish"])
    book.log("to_online", own)
    _tell(book, own)
    return own


def to_hall(book: Book, own: Registration) -> Registration:
    """Come to the hall instead: behind everybody who waits."""
    _may_move(own)
    if own.place != Place.ONLINE:
        return own
    own.wish = Wish.HALL_OR_ONLINE
    place = book.place_for(own.wish, own.seats)
    own.rank = book.log("to_hall", own, got=place)
    if place == Place.SEAT:
        book.seat(own)
    else:
        own.place = place
        if place == Place.WAITING:
            book.waits()
    own.save(update_fields=["place", "rank", "wish", "beyond"])
    _tell(book, own)
    return own


def _tell(book: Book, own: Registration) -> None:
    """The ticket says where one sits; who has one is sent the new one."""
    if own.confirmed_at is not None:
        book.mail("ticket", own)


def _may_move(own: Registration) -> None:
    if own.place not in LIVE:
        raise Conflict("given_up" if own.place == Place.GIVEN_UP else "hold_over")
    if minted(own):
        raise Conflict("voice_taken")


# ---- organisers


def set_capacity(book: Book, seats: int, *, who: str, reason: str) -> None:
    """More: the line gets offers in this transaction. Fewer: nobody is thrown out."""
    if not 1 <= seats <= LARGEST_HALL:
        raise Unprocessable("seats", field="capacity", most=LARGEST_HALL)
    conference, named = book.conference, _named(who, reason)
    conference.capacity = seats
    conference.ceiling = max(seats + conference.beyond, conference.taken)
    book.log("capacity", None, **named, seats=seats)


def add_seat(book: Book, own: Registration, *, who: str, reason: str) -> Registration:
    """Seat a party beyond the capacity: by a named organiser, with a reason, counted in public."""
    if own.place not in LIVE or own.place in {Place.SEAT, Place.OFFERED}:
        raise Conflict("not_now")
    named, conference = _named(who, reason), book.conference
    conference.beyond += own.seats
    conference.ceiling = max(conference.ceiling, conference.capacity + conference.beyond, conference.taken + own.seats)
    book.log("add", own, **named, seats=own.seats)
    book.seat(own)
    own.beyond, own.hold_until = True, None if own.confirmed_at is not None else own.hold_until
    own.save(update_fields=["place", "beyond", "hold_until"])
    book.mail("seated", own)
    return own


def move(book: Book, own: Registration, to: str, *, who: str, reason: str) -> Registration:
    """Move a party to the head or the end of the line: logged with a reason, counted in public."""
    if own.place != Place.WAITING:
        raise Conflict("not_waiting")
    if to not in {"head", "end"}:
        raise Unprocessable("move", field="to")
    number = book.log("move", own, **_named(who, reason), to=to)
    own.rank = -number if to == "head" else number
    own.save(update_fields=["rank"])
    return own


def release(book: Book, present: Collection[int], *, who: str) -> int:
    """Seats nobody claimed at the door go on, in the line's order; the answer is how many parties were late.

    Args:
        book: open.
        present: registrations of which somebody has come in.
        who: presses the button.
    """
    conference, count = book.conference, 0
    conference.released_at = book.at
    held = book.registrations.filter(place__in=(Place.SEAT, Place.OFFERED)).exclude(pk__in=present)
    for own in held.order_by("seq"):
        book.unseat(own, Place.RELEASED)
        own.save(update_fields=["place", "hold_until", "beyond"])
        book.log("release", own, who=who)
        book.mail("released", own)
        count += 1
    return count


def late(book: Book, own: Registration) -> Registration:
    """A released party has come after all: a seat if one is free, else the head of the line."""
    if own.place != Place.RELEASED:
        raise Conflict("not_now")
    got = Place.SEAT if own.seats <= book.free else Place.WAITING
    own.rank = LATE_FIRST + book.log("late", own, got=got)
    if got == Place.SEAT:
        book.seat(own)
    else:
        own.place = got
        book.waits()
    own.save(update_fields=["place", "rank", "beyond"])
    return own


def seat_at_door(book: Book, own: Registration) -> Registration:
    """Who waits and stands at the door sits down, if the seat is theirs by the line's order."""
    if own.place == Place.OFFERED:
        return accept(book, own)
    if own.place != Place.WAITING or own.seats > book.free:
        raise Conflict("not_now")
    book.log("offer", own, door=True)
    book.seat(own)
    own.hold_until = None
    own.save(update_fields=["place", "hold_until", "beyond"])
    book.log("accept", own)
    return own


def close_registration(book: Book) -> None:
    """No claims any more; the log's digest is final and published."""
    if book.conference.closed_at is None:
        book.log("close", taken=book.conference.taken)
        book.conference.closed_at = book.at


def _named(who: str, reason: str) -> dict[str, str]:
    if not who.strip() or not reason.strip():
        raise Unprocessable("reason_and_name", field="who" if not who.strip() else "reason")
    return {
        "who": plain_text(who, limit=80, field="who"),
        "reason": plain_text(reason, limit=REASON_LIMIT, field="reason"),
    }
