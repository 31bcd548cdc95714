"""What happens at the door: scans are taken, walk-ins seated, seats nobody claimed handed on. A verb each, in one
transaction; the rule of the merge is in `door.py`.
"""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.db.models import Count

from onnuri.conference import changes, claims
from onnuri.conference.book import locked, opened
from onnuri.conference.claims import Ask, Known, digest_of, name_at_the_door
from onnuri.conference.door import IN, UNDO, Presence, Seen, headcount, merge, time_of
from onnuri.conference.models import Registration, Scan, Ticket
from onnuri.conference.pass_code import code_in
from onnuri.conference.places import serves_line
from onnuri.errors import BadRequest, Conflict, Refusal, Unprocessable
from onnuri.text import plain_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from django.db.models import QuerySet

    from onnuri.conference.book import Book
    from onnuri.conference.models import Conference

Place = Registration.Place
MOST_SCANS: Final = 200
LONGEST_DEVICE: Final = 40
LARGEST_COUNTER: Final = 2**31 - 1
CONTENT_MARK: Final = "onnuri-door-1"
SHOWN_OF_A_CODE: Final = 3


@dataclass(frozen=True)
class Said:
    """One scan as a device sends it: a text that was scanned or typed, or the ticket that was picked by name."""

    counter: int
    act: str
    at: datetime
    code: str = ""
    ticket: int | None = None
    vouch: bool = False
    """The desk knows this person: an unconfirmed claim is confirmed by this scan."""


@dataclass(frozen=True)
class Verdict:
    """What the device is told of one scan.

    `word` is one of: in, duplicate, undone, idle (nothing to undo), waiting, online, unconfirmed, lapsed, revoked,
    unknown, forged, other (another conference's), refused (the counter brought something else before).
    """

    counter: int
    word: str
    ticket: Ticket | None = None
    position: int | None = None
    first: Seen | None = None
    clock_ahead: bool = False
    refusal: Refusal | None = None


@dataclass(frozen=True)
class Headcount:
    """How full the hall is by the door: people in, seats somebody holds, parties that wait."""

    present: int
    seats: int
    capacity: int
    waiting: int

    @property
    def missing(self) -> int:
        """Seats whose people have not come yet."""
        return max(0, self.seats - self.present)


# ---- scans


def take(
    slug: str, device: str, scans: Sequence[Said], *, key: Ed25519PublicKey, at: datetime
) -> tuple[list[Verdict], Headcount]:
    """Take what a device scanned, once each however often it is sent; one scan that is refused holds up no other.

    Args:
        slug: of the conference.
        device: its own name, the same for its whole log.
        scans: of that device; `counter` names each.
        key: that tickets are signed by.
        at: the server's clock, when they were received.
    """
    device = _device(device)
    if len(scans) > MOST_SCANS:
        raise Unprocessable("scan_count", field="scans", most=MOST_SCANS)
    for said in scans:
        _require_readable(said)
    with opened(slug, at) as book:
        taking = _Taking(book, device, key)
        return [taking.verdict(said) for said in scans], headcount_of(book.conference)


def _device(written: str) -> str:
    name = " ".join(plain_text(written, limit=LONGEST_DEVICE, field="device").split())
    if len(name) > LONGEST_DEVICE:
        raise Unprocessable("text_too_long", field="device", n=len(name) - LONGEST_DEVICE)
    return name


def _require_readable(said: Said) -> None:
    if said.act not in {IN, UNDO}:
        raise BadRequest("scan_act", field="act")
    if not 0 < said.counter <= LARGEST_COUNTER:
        raise BadRequest("scan_counter", field="counter")
    if said.at.tzinfo is None:
        raise BadRequest("scan_time", field="at")


class _Taking:
    """The scans of one device, one after the other, while the book is open."""

    def __init__(self, book: Book, device: str, key: Ed25519PublicKey) -> None:
        self._book = book
        self._device = device
        self._key = key
        self._moved = False

    def verdict(self, said: Said) -> Verdict:
        """One scan: found, taken, told."""
        try:
            own = self._ticket(said)
        except Unprocessable as forged:
            return Verdict(said.counter, self._forged(said), refusal=forged)
        if own is None:
            return Verdict(said.counter, self._unknown(said))
        at, ahead = time_of(said.at, self._book.at)
        known = Scan.objects.filter(conference=self._book.conference, device=self._device, counter=said.counter).first()
        if known is not None:
            same = (known.ticket_id, known.act, known.at) == (own.pk, said.act, min(said.at, known.received_at))
            refusal = None if same else Conflict("scan_used", field="counter", n=said.counter)
            return self._told(said, own, ahead) if same else Verdict(said.counter, "refused", own, refusal=refusal)
        if said.act == IN and (refused := self._refused(said, own)) is not None:
            return refused
        Scan.objects.create(
            conference=self._book.conference, device=self._device, counter=said.counter, ticket=own, act=said.act,
            at=at, received_at=self._book.at,
        )  # fmt: skip
        return self._told(said, own, ahead)

    def _ticket(self, said: Said) -> Ticket | None:
        self._book.flush()
        own = self._book.conference.tickets.select_related("registration__conference")
        if said.ticket is not None:
            return own.filter(pk=said.ticket).first()
        code = code_in(said.code, self._book.conference.slug, self._key)
        return own.filter(code=code).first() if code else None

    def _forged(self, said: Said) -> str:
        # Honest, but another conference's: the person stands at the wrong door.
        bare = "".join(c for c in said.code.partition(".")[0].upper() if c.isalnum())
        slug = Ticket.objects.filter(code=bare).values_list("conference__slug", flat=True).first()
        try:
            return "other" if slug is not None and code_in(said.code, slug, self._key) else "forged"
        except Unprocessable:
            return "forged"

    def _unknown(self, said: Said) -> str:
        if said.ticket is not None:
            return "unknown"
        bare = "".join(c for c in said.code.upper() if c.isalnum())
        if "." in said.code:
            return "revoked"  # we signed it for this conference, and it is in use no more
        return "other" if bare and Ticket.objects.filter(code=bare).exists() else "unknown"

    def _refused(self, said: Said, own: Ticket) -> Verdict | None:
        """What keeps a ticket out; None = it may come in, and has its seat by now."""
        party, book = own.registration, self._book
        party.conference = book.conference
        self._moved = said.vouch or party.place != Place.SEAT
        if said.vouch:
            self._vouch(party)
        word = self._keeps_out(party)
        if word is None:
            return None
        return Verdict(said.counter, word, self._fresh(own), claims.position(book, party))

    def _vouch(self, party: Registration) -> None:
        if party.place == Place.LAPSED and self._book.conference.closed_at is not None:
            return  # the log takes no new number after the registration was closed
        if party.confirmed_at is None and party.place != Place.GIVEN_UP:
            claims.vouch(self._book, party, by="desk")
        elif party.place == Place.LAPSED:
            claims.claim_anew(self._book, party)
            party.save(update_fields=["place", "seq", "rank", "entry"])

    def _keeps_out(self, party: Registration) -> str | None:
        if party.place == Place.GIVEN_UP:
            return "revoked"
        if party.place == Place.LAPSED:
            return "lapsed"
        if party.place == Place.ONLINE or (party.place in {Place.WAITING, Place.OFFERED} and claims.minted(party)):
            return "online"
        if party.confirmed_at is None:
            return "unconfirmed"
        return None if self._seated(party) else "waiting"

    def _seated(self, party: Registration) -> bool:
        """The party has its seats, or gets them now by the rules of the line."""
        book = self._book
        if party.place == Place.RELEASED:
            changes.late(book, party)
        may_pass = book.conference.released_at is not None or not serves_line(book.at, book.conference.starts_at)
        if party.place == Place.OFFERED or (
            # Before the seats of absent people are handed on, the line is served by its order alone.
            party.place == Place.WAITING and may_pass and party.seats <= book.free
        ):
            changes.seat_at_door(book, party)
        return party.place == Place.SEAT

    def _told(self, said: Said, own: Ticket, ahead: bool) -> Verdict:
        scans = seen(Scan.objects.filter(ticket=own))
        mine = next(s for s in scans if (s.device, s.counter) == (self._device, said.counter))
        found = presence(scans)
        if mine.act == UNDO:
            # Whether this very undo took something back: without it, more would stand.
            word = "idle" if found.undone == presence(s for s in scans if s != mine).undone else "undone"
        elif mine in found.undone:
            word = "undone"
        else:
            word = IN if mine == found.first else "duplicate"
        return Verdict(said.counter, word, self._fresh(own), None, found.first, ahead)

    def _fresh(self, own: Ticket) -> Ticket:
        """As it stands now: what was done for its party may have given it a seat and a code."""
        if not self._moved:
            return own
        return Ticket.objects.select_related("registration__conference").get(pk=own.pk)


# ---- who is in


def seen(scans: Iterable[Scan]) -> list[Seen]:
    """Stored scans as the rule takes them."""
    return [Seen(s.ticket_id, s.act, s.at, s.device, s.counter) for s in scans]


def presence(scans: Iterable[Seen]) -> Presence:
    """The merge of one ticket's scans."""
    merged = merge(scans)
    return next(iter(merged.values()), Presence(None, (), ()))


def present(conference: Conference) -> set[int]:
    """The tickets that are in."""
    own = Scan.objects.filter(conference=conference)
    undone = set(own.filter(act=UNDO).values_list("ticket", flat=True))
    came = set(own.filter(act=IN).values_list("ticket", flat=True)) - undone
    # Only where somebody undid something must the whole of it be read.
    return came | {t for t, p in merge(seen(own.filter(ticket__in=undone))).items() if p.first is not None}


def headcount_of(conference: Conference) -> Headcount:
    """Counts of this moment."""
    own = Scan.objects.filter(conference=conference)
    undone = own.filter(act=UNDO).values("ticket")
    certain = own.filter(act=IN).exclude(ticket__in=undone).aggregate(n=Count("ticket", distinct=True))["n"]
    asked = headcount(merge(seen(own.filter(ticket__in=undone))))
    waiting = conference.registrations.filter(place=Place.WAITING).count()
    return Headcount(certain + asked, conference.taken, conference.capacity + conference.beyond, waiting)


# ---- walk-ins


@dataclass(frozen=True)
class WalkedIn:
    """What became of somebody who came without a ticket."""

    registration: Registration
    tickets: tuple[Ticket, ...]
    position: int | None


def walk_in(slug: str, *, name: str, seats: int, key: str, language: str, at: datetime) -> WalkedIn:
    """Somebody at the door without a ticket: a name is enough. A free seat at once, else the end of the line.

    Who gets a seat stands here and is in; `key` makes a second press the same person.
    """
    name = name_at_the_door(name, "name")
    with opened(slug, at) as book:
        ask = Ask(key, Registration.Wish.HALL, seats, source="desk", language=language)
        ask = claims.checked_ask(book.conference.party_limit, ask)
        own = claims.claim(book, ask, Known(book, [ask])).registration
        book.flush()
        if own.confirmed_at is None:
            own.name = name
            own.save(update_fields=["name"])
            claims.vouch(book, own, by="desk")
            _come_in(book, own)
        elif own.name != name:
            raise Unprocessable("key_used", field="name")
        return WalkedIn(own, tuple(book.tickets(own)), claims.position(book, own))


def _come_in(book: Book, own: Registration) -> None:
    if own.place == Place.SEAT:
        Scan.objects.bulk_create(
            Scan(
                conference=book.conference, device=f"desk {own.seq}", counter=ticket.part, ticket=ticket, act=IN,
                at=book.at, received_at=book.at,
            )
            for ticket in book.tickets(own)
        )  # fmt: skip


# ---- seats nobody claimed


@dataclass(frozen=True)
class Absent:
    """Who would lose their seats, how many seats that frees, and from when it may be done."""

    parties: tuple[Registration, ...]
    seats: int
    waiting: int
    opens_at: datetime | None


def release_preview(conference: Conference) -> Absent:
    """What handing on the unclaimed seats would do now."""
    parties = tuple(_absent(conference, _parties_present(conference)).order_by("seq"))
    waiting = conference.registrations.filter(place=Place.WAITING).count()
    return Absent(parties, sum(p.seats for p in parties), waiting, releases_at(conference))


def releases_at(conference: Conference) -> datetime | None:
    """From when seats nobody claimed may be handed on."""
    if conference.starts_at is None:
        return None
    return conference.starts_at - timedelta(minutes=conference.release_minutes)


def release(slug: str, *, who: str, at: datetime) -> int:
    """Hand on the seats of parties of which nobody has come; the answer is how many parties."""
    if not who.strip():
        raise Unprocessable("who_releases", field="who")
    named = name_at_the_door(who, "who")
    with opened(slug, at) as book:
        opens_at = releases_at(book.conference)
        if opens_at is not None and book.at < opens_at:
            raise Conflict("release_early", field="who", time=opens_at)
        return changes.release(book, _parties_present(book.conference), who=named)


def _parties_present(conference: Conference) -> set[int]:
    tickets = present(conference)
    pairs = Ticket.objects.filter(conference=conference).values_list("pk", "registration_id")
    return {registration for pk, registration in pairs if pk in tickets}


def _absent(conference: Conference, came: Collection[int]) -> QuerySet[Registration]:
    return conference.registrations.filter(place__in=(Place.SEAT, Place.OFFERED)).exclude(pk__in=came)


# ---- the list a device keeps


def code_digest(code: str, slug: str) -> str:
    """How a device knows a code without holding it: whoever holds codes could take the voices of absent people.

    >>> code_digest("K7P4MXQ2ZT", "hanbit")
    '1c2d3c3466278e5a7b5b'
    """
    return digest_of(f"{CONTENT_MARK}\n{slug}\n{code}")[:20]


def list_version(conference: Conference) -> str:
    """Changes with every entry of the book; with it, what a device must know of tickets."""
    return str(conference.next_entry)


def ticket_rows(conference: Conference) -> list[list[Any]]:
    """Every ticket somebody may show, compact: see COLUMNS."""
    own = conference.tickets.exclude(registration__place=Place.GIVEN_UP).order_by("registration__seq", "part")
    rows = own.values_list(
        "pk", "code", "name", "part", "seat_number", "registration__name", "registration__place",
        "registration__seats", "registration__seq", "registration__confirmed_at", "registration__rank",
    )  # fmt: skip
    return [
        [
            pk, code_digest(code, conference.slug) if code else "", (code or "")[:SHOWN_OF_A_CODE],
            name or (of if part == 1 else ""), of, seat, place, part, seats, seq, confirmed is not None, rank,
        ]
        for pk, code, name, part, seat, of, place, seats, seq, confirmed, rank in rows
        if of or code
    ]  # fmt: skip


COLUMNS: Final = (
    "id", "digest", "begins", "name", "party_name", "seat", "place", "part", "seats", "seq", "confirmed", "rank",
)  # fmt: skip


def scans_after(conference: Conference, after: int) -> list[Scan]:
    """Scans of all devices that a device has not seen; stored in the order of their commits, one at a time."""
    return list(Scan.objects.filter(conference=conference, pk__gt=after).order_by("pk"))


def twice_in(conference: Conference) -> dict[int, tuple[Seen, ...]]:
    """Tickets that stand twice or more: somebody must go and look."""
    own = Scan.objects.filter(conference=conference)
    many = Counter(own.filter(act=IN).values_list("ticket", flat=True))
    doubtful = [ticket for ticket, n in many.items() if n > 1]
    merged = merge(seen(own.filter(ticket__in=doubtful)))
    return {t: (p.first, *p.duplicates) for t, p in merged.items() if p.first is not None and p.duplicates}


# ---- the door's key


def renew_door_key(slug: str) -> str:
    """A new key for the door's link; whoever came by an older link must come by the new one."""
    key = secrets.token_urlsafe(24)
    with transaction.atomic():
        conference = locked(slug)
        conference.door_key_digest = digest_of(key)
        conference.save(update_fields=["door_key_digest"])
    return key
