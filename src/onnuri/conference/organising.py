"""What the organiser does: to many registrations at once, to the hall, and to the rules of its places."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import transaction

from onnuri.conference import changes, claims
from onnuri.conference.actions import of_claim
from onnuri.conference.book import locked, opened
from onnuri.conference.claims import digest_of, new_code
from onnuri.conference.listing import waiting_parties
from onnuri.conference.models import Conference, Invitation, Registration
from onnuri.conference.places import offered, serves_line
from onnuri.errors import BadRequest, Conflict, NotFound, Refusal, Unprocessable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from onnuri.conference.book import Book

Place = Registration.Place
MOST_AT_ONCE: Final = 200
MOST_CODES: Final = 500
MOST_USES: Final = 1000


# ---- registrations


class RefusedOne(Refusal):
    """One of several was refused, so nothing was done; says which."""

    def __init__(self, seq: int, refusal: Refusal) -> None:
        super().__init__(refusal.key, field=refusal.field, **refusal.about)
        self.seq = seq
        self.of = refusal


def act(slug: str, codes: Sequence[str], what: str, *, who: str, reason: str, at: datetime) -> int:
    """Do one thing to each registration, all or none; the answer is how many.

    Raises:
        RefusedOne: and nothing was changed.
        BadRequest, Unprocessable: nothing chosen, or nothing that can be done.
    """
    if what not in ACTS:
        raise BadRequest("method")
    if not codes:
        raise Unprocessable("choose_somebody", field="claims")
    if len(codes) > MOST_AT_ONCE:
        raise Unprocessable("choose_fewer", field="claims", most=MOST_AT_ONCE)
    with opened(slug, at) as book:
        chosen = [of_claim(book, code) for code in dict.fromkeys(codes)]
        # To the head one by one turns the order round, so the last goes first.
        chosen.sort(key=lambda own: own.rank, reverse=what == "head")
        for own in chosen:
            try:
                ACTS[what](book, own, who, reason)
            except Refusal as refusal:
                raise RefusedOne(own.seq, refusal) from None
    return len(chosen)


def _vouch(book: Book, own: Registration, _who: str, _reason: str) -> None:
    claims.vouch(book, own, by="desk")


def _give_up(book: Book, own: Registration, _who: str, _reason: str) -> None:
    changes.give_up(book, own)


def _head(book: Book, own: Registration, who: str, reason: str) -> None:
    changes.move(book, own, "head", who=who, reason=reason)


def _end(book: Book, own: Registration, who: str, reason: str) -> None:
    changes.move(book, own, "end", who=who, reason=reason)


def _add(book: Book, own: Registration, who: str, reason: str) -> None:
    changes.add_seat(book, own, who=who, reason=reason)


def _hall(book: Book, own: Registration, _who: str, _reason: str) -> None:
    changes.to_hall(book, own)


def _online(book: Book, own: Registration, _who: str, _reason: str) -> None:
    changes.to_online(book, own)


def _again(book: Book, own: Registration, _who: str, _reason: str) -> None:
    claims.send_again(book, own)


ACTS: Final = {
    "vouch": _vouch,
    "give_up": _give_up,
    "head": _head,
    "end": _end,
    "add": _add,
    "hall": _hall,
    "online": _online,
    "again": _again,
}


def may(own: Registration) -> list[str]:
    """What can be done to a registration where it stands."""
    found = []
    if own.confirmed_at is None and own.place != Place.GIVEN_UP:
        found.append("vouch")
    if own.place == Place.WAITING:
        found += ["head", "end"]
    if own.place in {Place.WAITING, Place.ONLINE, Place.DRAWING, Place.RELEASED}:
        found.append("add")
    if own.place == Place.ONLINE:
        found.append("hall")
    if own.place in {Place.SEAT, Place.OFFERED, Place.WAITING, Place.DRAWING, Place.RELEASED}:
        found.append("online")
    if own.email and own.place != Place.GIVEN_UP:
        found.append("again")
    if own.place != Place.GIVEN_UP:
        found.append("give_up")
    return found


# ---- the hall


@dataclass(frozen=True)
class Foreseen:
    """What another capacity would do at this moment."""

    seats: int
    before: int
    offers: tuple[tuple[int, str, int], ...]
    """(number, name, seats) of the parties that get an offer at once."""
    over: int
    """Seats already held beyond the new capacity: nobody is thrown out, so many must be given up first."""
    free: int
    waiting: int


def foresee(conference: Conference, seats: int, *, at: datetime) -> Foreseen:
    """The preview of a capacity."""
    if not 1 <= seats <= changes.LARGEST_HALL:
        raise Unprocessable("seats", field="capacity", most=changes.LARGEST_HALL)
    free = seats + conference.beyond - conference.taken
    line = waiting_parties(conference)
    served = offered((size for _, _, size in line), max(0, free)) if serves_line(at, conference.starts_at) else 0
    heads = tuple(line[:served])
    left = max(0, free) - sum(size for _, _, size in heads)
    return Foreseen(seats, conference.capacity, heads, max(0, -free), left, len(line) - served)


# ---- invitations


def invite_many(slug: str, *, count: int, note: str, uses: int) -> list[str]:
    """Invitation codes; they are shown once, their digests stay."""
    if not 1 <= count <= MOST_CODES:
        raise Unprocessable("count", field="count", most=MOST_CODES)
    if not 1 <= uses <= MOST_USES:
        raise Unprocessable("count", field="uses", most=MOST_USES)
    codes = [new_code(10) for _ in range(count)]
    note = " ".join(note.split())[:200]
    with transaction.atomic():
        own = locked(slug)
        Invitation.objects.bulk_create(
            Invitation(conference=own, digest=digest_of(code), note=note, uses_left=uses) for code in codes
        )
    return codes


# ---- the rules of its places


@dataclass(frozen=True)
class Setting:
    """A number an organiser may set."""

    name: str
    least: int
    most: int


SETTINGS: Final = (
    Setting("hold_minutes", 1, 1440),
    Setting("mail_minutes", 1, 1440),
    Setting("offer_hours", 1, 336),
    Setting("party_limit", 1, 10),
    Setting("release_minutes", 0, 240),
    Setting("draw_minutes", 0, 1440),
    Setting("retention_days", 1, 3650),
)


def fixed(conference: Conference, at: datetime) -> set[str]:
    """Settings that what has happened already fixed."""
    found = set()
    if conference.next_entry > 1:  # the log's first entry commits to it
        found.add("draw_minutes")
    if conference.next_seq > 1 and (conference.opens_at is None or conference.opens_at <= at):
        found.add("opens_at")
    if conference.closed_at is not None:
        found |= {"opens_at", "draw_minutes", "party_limit"}
    return found


def set_rules(slug: str, numbers: Mapping[str, int], opens_at: datetime | None, *, at: datetime) -> Conference:
    """Store the settings; what is fixed must come as it is.

    Raises:
        Unprocessable, Conflict: setting, draw_needs_time, setting_fixed; nothing was stored.
    """
    for one in SETTINGS:
        if not one.least <= numbers[one.name] <= one.most:
            raise Unprocessable("setting", field=one.name, least=one.least, most=one.most)
    if numbers["draw_minutes"] and opens_at is None:
        raise Unprocessable("draw_needs_time", field="opens_at")
    with transaction.atomic():
        own = locked(slug)
        wanted = {**{one.name: numbers[one.name] for one in SETTINGS}, "opens_at": opens_at}
        for name in sorted(fixed(own, at)):
            if getattr(own, name) != wanted[name]:
                raise Conflict("setting_fixed", field=name)
        for name, value in wanted.items():
            setattr(own, name, value)
        if own.draw_minutes and not own.draw_seed:
            own.draw_seed = secrets.token_hex(32)
        own.save(update_fields=[*wanted, "draw_seed"])
    return own


def registration_of(conference: Conference, code: str) -> Registration:
    """One registration of this conference, with its tickets."""
    found = conference.registrations.filter(claim=code).prefetch_related("tickets").first()
    if found is None:
        raise NotFound("claim_unknown")
    found.conference = conference
    return found
