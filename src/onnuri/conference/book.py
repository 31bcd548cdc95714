"""The book of a conference's places, open in one transaction by whoever holds its row.

Opening it settles what time has done (holds that ended, a draw that is due); closing it offers every free seat to the
line, stores the counters and appends the entries. So no committed state has an idle seat, and no sweeper is needed.
"""

from __future__ import annotations

import heapq
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.db.models import Q

from onnuri.conference import draw
from onnuri.conference.ledger import chained, entry_document
from onnuri.conference.models import Conference, Entry, Registration, Ticket
from onnuri.conference.places import LIVE, offer_until, offered, place_for, serves_line
from onnuri.conference.rows import insert_many, row_of, update_many
from onnuri.errors import NotFound
from onnuri.people.models import Mail

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

COUNTERS: Final = (
    "capacity", "taken", "beyond", "ceiling", "next_seq", "next_entry", "last_at", "log_digest",
    "drawn_at", "released_at", "closed_at",
)  # fmt: skip
SLICE: Final = 500


@contextmanager
def opened(slug: str, at: datetime) -> Iterator[Book]:
    """The book, in a transaction of its own; a refusal undoes everything done in it."""
    with transaction.atomic():
        book = Book(locked(slug), at)
        book.settle()
        yield book
        book.close()


def locked(slug: str) -> Conference:
    """The conference's row, nobody else's until the commit."""
    # On SQLite the transaction is IMMEDIATE and alone; on PostgreSQL the row is the lock.
    try:
        return Conference.objects.select_for_update().get(slug=slug)
    except Conference.DoesNotExist:
        raise NotFound("conference_unknown") from None


class Book:
    """One conference while its row is held. `at` never runs backwards, whatever the clock does."""

    def __init__(self, conference: Conference, at: datetime) -> None:
        self.conference = conference
        self.at = at if conference.last_at is None else max(at, conference.last_at)
        self._entries: list[dict[str, Any]] = []
        self._mails: list[dict[str, Any]] = []
        self._claims: list[tuple[Registration, list[dict[str, Any]]]] = []
        self._numbers: Numbers | None = None
        self._length: int | None = None
        self.addresses: dict[str, str] = {}
        """Address -> claim, written since the book was opened."""
        self._changed: dict[int, tuple[Registration, set[str]]] = {}
        self._codes: list[tuple[str, int, int]] = []
        self._found: dict[str, Registration] = {}
        self._looked_for: dict[str, set[str]] = {}

    def _open_log(self) -> None:
        own = self.conference
        self.log(
            "open", capacity=own.capacity, taken=own.taken, next_seq=own.next_seq, party_limit=own.party_limit,
            draw_minutes=own.draw_minutes, commitment=draw.commitment(own.draw_seed) if own.draw_minutes else "",
        )  # fmt: skip

    # ---- what anyone may ask

    @property
    def free(self) -> int:
        """Seats nobody holds."""
        return max(0, self.conference.capacity + self.conference.beyond - self.conference.taken)

    @property
    def registrations(self) -> QuerySet[Registration]:
        """All claims."""
        self.flush()
        return self.conference.registrations.all()

    def line(self) -> QuerySet[Registration]:
        """Who waits for a seat, in order. Who has already taken a voice online keeps it and waits no more."""
        self.flush()
        return line(self.conference)

    @property
    def length(self) -> int:
        """How many parties wait; counted once, then kept, so that a claim's cost does not grow with the line."""
        if self._length is None:
            self._length = self.line().count()
        return self._length

    @property
    def somebody_waits(self) -> bool:
        """Whether a newcomer stands behind somebody."""
        return self.length > 0

    def place_for(self, wish: str, seats: int) -> str:
        """The place a claim gets now; before a draw that is to come nobody has a seat or a turn."""
        if draws(self.conference) and wish != Registration.Wish.ONLINE:
            return Registration.Place.DRAWING
        return place_for(wish, seats, self.free, somebody_waits=self.somebody_waits)

    # ---- what acts do

    def log(
        self,
        act: str,
        own: Registration | None = None,
        *,
        reason: str = "",
        who: str = "",
        **details: Any,  # noqa: ANN401
    ) -> int:
        """Append an entry; the answer is its number. Reason and who stay with the organiser."""
        conference = self.conference
        if conference.next_entry == 1 and act != "open":
            self._open_log()
        number, seq = conference.next_entry, own.seq if own is not None else None
        digest = chained(conference.log_digest, entry_document(number, self.at, act, seq, details))
        self._entries.append(
            {
                "conference_id": conference.pk, "number": number, "at": self.at, "act": act, "seq": seq,
                "details": details, "digest": digest, "reason": reason, "who": who,
            }
        )  # fmt: skip
        conference.next_entry, conference.log_digest, conference.last_at = number + 1, digest, self.at
        return number

    def mail(self, kind: str, own: Registration, **about: Any) -> None:  # noqa: ANN401 - JSON
        """Queue a letter in this transaction."""
        if own.email:
            self._mails.append(
                {
                    "topic": f"e/{self.conference.slug}", "kind": kind, "about": {"claim": own.claim, **about},
                    "to": own.email, "language": own.language, "state": Mail.State.QUEUED.value, "attempts": 0,
                    "queued_at": self.at, "due_at": self.at, "sent_at": None, "problem": "",
                }
            )  # fmt: skip

    def seat(self, own: Registration, place: str = Registration.Place.SEAT) -> None:
        """Give a party its seats."""
        self.conference.taken += own.seats
        own.place = place
        own.beyond = False
        self._length = None
        for ticket in self.tickets(own):
            ticket.seat_number = self._free_numbers().take()
            ticket.save(update_fields=["seat_number"])

    def unseat(self, own: Registration, place: str) -> None:
        """Take a party's seats back; whoever held none only changes place."""
        if own.place in {Registration.Place.SEAT, Registration.Place.OFFERED}:
            self._free_seats(own)
        own.place, own.hold_until = place, None
        self._length = None

    def _free_seats(self, own: Registration) -> None:
        conference = self.conference
        conference.taken -= own.seats
        if own.beyond:
            conference.beyond -= own.seats
            own.beyond = False
        conference.ceiling = max(conference.capacity + conference.beyond, min(conference.ceiling, conference.taken))
        for ticket in self.tickets(own):
            if ticket.seat_number is not None and self._numbers is not None:
                self._numbers.give(ticket.seat_number)
            ticket.seat_number = None
            ticket.save(update_fields=["seat_number"])

    def tickets(self, own: Registration) -> QuerySet[Ticket]:
        """The party's tickets, in their order."""
        self.flush()
        return own.tickets.all()

    def add(self, own: Registration, tickets: list[dict[str, Any]]) -> None:
        """A new claim; it is stored with the others of its group, or when somebody asks for it."""
        self._claims.append((own, tickets))

    def store(self, own: Registration, *names: str) -> None:
        """Store these attributes, with the others of the group, or when somebody asks for them."""
        if own.pk is not None:
            self._changed.setdefault(own.pk, (own, set()))[1].update(names)

    def issue(self, own: Registration, codes: Sequence[str]) -> None:
        """Give a party's tickets their codes."""
        self._insert()
        self._codes += [(code, own.pk, part) for part, code in enumerate(codes, 1)]

    # ---- claims that acts of a group speak of, read at once

    def look_for(self, claims: Collection[str], tokens: Collection[str], emails: Collection[str]) -> None:
        """Read the claims and the live addresses that the acts of a group will ask for."""
        if claims or tokens:
            for own in self.registrations.filter(Q(claim__in=claims) | Q(confirm_token__in=tokens)):
                own.conference = self.conference
                self._found[own.claim] = self._found[own.confirm_token] = own
        if emails:
            live = self.registrations.filter(email__in=emails, place__in=LIVE).values_list("email", "claim")
            self._looked_for = {email: set() for email in emails}
            for email, code in live:
                self._looked_for[email].add(code)

    def found(self, word: str) -> Registration | None:
        """A claim by its code or its token, if it was looked for."""
        own = self._found.get(word)
        return own if own is not None and word in {own.claim, own.confirm_token} else None

    def lives_elsewhere(self, email: str, own: Registration) -> bool:
        """Whether another claim that is still coming has this address."""
        if email in self._looked_for:
            elsewhere = self._looked_for[email] | {self.addresses.get(email, own.claim)}
            return bool(elsewhere - {own.claim})
        return self.registrations.filter(email=email, place__in=LIVE).exclude(claim=own.claim).exists()

    def flush(self) -> None:
        """Store new claims and what changed in older ones."""
        self._insert()
        changed, self._changed = self._changed, {}
        by_names: dict[tuple[str, ...], list[Registration]] = {}
        for own, told in changed.values():
            by_names.setdefault(tuple(sorted(told)), []).append(own)
        for names, rows in by_names.items():
            values = [[*(getattr(own, name) for name in names), own.pk] for own in rows]
            update_many(Registration, names, ("id",), values)
        codes, self._codes = self._codes, []
        update_many(Ticket, ("code",), ("registration_id", "part"), codes)

    def _insert(self) -> None:
        if not self._claims:
            return
        claims, self._claims = self._claims, []
        insert_many(Registration, [row_of(own) for own, _tickets in claims])
        stored = self.conference.registrations.filter(claim__in=[own.claim for own, _ in claims])
        numbers = dict(stored.values_list("claim", "pk"))
        for own, _tickets in claims:
            own.pk = numbers[own.claim]
            own._state.adding = False  # noqa: SLF001 - it lies in the table now
        insert_many(Ticket, [{"registration_id": own.pk, **one} for own, tickets in claims for one in tickets])

    def numbers(self, count: int) -> list[int]:
        """The lowest seat numbers nobody has."""
        found = self._free_numbers()
        return [found.take() for _ in range(count)]

    def _free_numbers(self) -> Numbers:
        if self._numbers is None:
            taken = Ticket.objects.filter(conference=self.conference).values_list("seat_number", flat=True)
            self._numbers = Numbers({number for number in taken if number is not None})
        return self._numbers

    def waits(self) -> int:
        """Somebody joined the line at its end; the answer is their place in it, from 1."""
        self._length = self.length + 1
        return self._length

    # ---- what time does

    def settle(self) -> None:
        """End holds and offers whose time is over, and draw if the draw is due."""
        over = self.registrations.filter(hold_until__lte=self.at).order_by("hold_until", "seq")
        for own in over.select_related("conference"):
            self.lapse(own)
        of = self.conference
        if draws(of) and of.opens_at is not None and self.at >= draw.ends_at(of.opens_at, of.draw_minutes):
            self._draw()
        self._offer()

    def lapse(self, own: Registration) -> None:
        """A hold ended: the seat goes on. Who would also come online stays online."""
        stays = own.confirmed_at is not None and own.wish == Registration.Wish.HALL_OR_ONLINE
        self.unseat(own, Registration.Place.ONLINE if stays else Registration.Place.LAPSED)
        own.save(update_fields=["place", "hold_until", "beyond"])
        self.log("lapse", own, got=own.place)
        self.mail("lapsed", own)

    def _draw(self) -> None:
        conference = self.conference
        waiting = list(self.registrations.filter(place=Registration.Place.DRAWING))
        ranks = sorted(own.rank for own in waiting)
        order = draw.order((own.seq for own in waiting), conference.draw_seed, conference.log_digest)
        by_seq = {own.seq: own for own in waiting}
        conference.drawn_at = self.at
        self.log("draw", seed=conference.draw_seed, count=len(order))
        for rank, seq in zip(ranks, order, strict=True):
            by_seq[seq].rank, by_seq[seq].place = rank, Registration.Place.WAITING
            self.mail("drawn", by_seq[seq])
        Registration.objects.bulk_update(waiting, ["rank", "place"], batch_size=SLICE)
        self._length = None

    def _offer(self) -> None:
        """Every free seat goes to the line, in its order, while there is a line to serve."""
        if not self.free or not serves_line(self.at, self.conference.starts_at):
            return
        while heads := self._heads():
            for own in heads:
                self.seat(own, Registration.Place.OFFERED)
                own.hold_until = self._offer_until(own)
                own.save(update_fields=["place", "hold_until", "beyond"])
                self.log("offer", own)
                self.mail("offer", own)
            self._length = None

    def _offer_until(self, own: Registration) -> datetime:
        of = self.conference
        if of.released_at is not None and of.starts_at is not None:
            return of.starts_at  # the last minutes at the door: whoever is there sits down
        until = offer_until(self.at, of.starts_at, of.offer_hours)
        if own.confirmed_at is None:
            # A seat waits for an address no longer than any other claim's.
            until = min(until, self.at + timedelta(minutes=of.mail_minutes))
        return until

    def _heads(self) -> list[Registration]:
        first = list(self.line()[: min(self.free, SLICE)])
        return first[: offered((own.seats for own in first), self.free)]

    def close(self) -> None:
        """Offer what became free, store the counters, append the entries, post the letters."""
        self.flush()
        self._offer()
        if self._entries:
            self.conference.save(update_fields=COUNTERS)
        insert_many(Entry, self._entries)
        insert_many(Mail, self._mails)


def draws(conference: Conference) -> bool:
    """Whether places are still to be drawn."""
    return conference.draw_minutes > 0 and conference.drawn_at is None


def line(conference: Conference) -> QuerySet[Registration]:
    """Who waits for a seat, in order. Who has already taken a voice online keeps it and waits no more."""
    waiting = conference.registrations.filter(place=Registration.Place.WAITING)
    minted = Ticket.objects.filter(conference=conference, minted=True).values("registration")
    return waiting.exclude(pk__in=minted).order_by("rank")


class Numbers:
    """Free seat numbers, lowest first.

    >>> free = Numbers({1, 3})
    >>> free.take(), free.take(), free.give(1), free.take(), free.take()
    (2, 4, None, 1, 5)
    """

    def __init__(self, taken: set[int]) -> None:
        self._taken = taken
        self._next = 1
        self._given: list[int] = []

    def take(self) -> int:
        """The lowest number nobody has."""
        if self._given:
            return heapq.heappop(self._given)
        while self._next in self._taken:
            self._next += 1
        self._next += 1
        return self._next - 1

    def give(self, number: int) -> None:
        """A number is free again."""
        if number < self._next:
            heapq.heappush(self._given, number)
        else:
            self._taken.discard(number)
