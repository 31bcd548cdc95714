"""Claim first, form later: a claim is one tiny write; who it is and whether the address is theirs comes after it."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from onnuri.conference.ledger import Receipt, time_text
from onnuri.conference.models import Conference, Entry, Invitation, Registration, Ticket
from onnuri.conference.pass_code import CODE_LENGTH
from onnuri.conference.places import LIVE
from onnuri.errors import Conflict, NotFound, TooMany, Unprocessable
from onnuri.text import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from onnuri.conference.book import Book

CODE_ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without 0, O, 1 and I, which people read wrong."""
NAME_LIMIT: Final = 80
NEEDS_LIMIT: Final = 300
LONGEST_ADDRESS: Final = 254
"""RFC 5321: mail takes no longer one."""
CLAIMS_A_DEVICE: Final = 8
"""A family or an office shares a phone; a robot does not stop at eight."""
CONSENTS: Final = ("email", "sensitive", "news", "guardian")
MAIL_AGAIN_AFTER: Final = timedelta(seconds=60)


@dataclass(frozen=True)
class Ask:
    """What a claim asks for, checked; `person` may come later."""

    key: str
    wish: str
    seats: int = 1
    person: Person | None = None
    device: str = ""
    invitation: str = ""
    language: str = "ko"
    source: str = "page"

    @property
    def content(self) -> str:
        """The same key must bring the same content; a form's person may be corrected on the way."""
        own = self.person
        who = "" if own is None or self.source == "page" else f"{own.name}\n{own.email}"
        return digest_of(f"{self.wish}\n{self.seats}\n{who}")


@dataclass(frozen=True)
class Person:
    """The form: whose claim it is."""

    name: str
    email: str
    needs: str = ""
    consents: dict[str, bool] = field(default_factory=dict)
    companions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Claimed:
    """The answer to a claim: where it stands, and the log's digest after it."""

    registration: Registration
    receipt: Receipt | None
    position: int | None = None


def new_code(length: int) -> str:
    """A random code that a person can read out."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(length))


def digest_of(secret: str) -> str:
    """How secrets are stored."""
    return hashlib.sha256(secret.encode()).hexdigest()


def checked_ask(conference_limit: int, ask: Ask) -> Ask:
    """Refuse what no state of the hall could grant."""
    if ask.wish not in Registration.Wish.values:
        raise Unprocessable("wish", field="channel")
    if not 8 <= len(ask.key) <= 64 or not ask.key.isascii() or not ask.key.isprintable():  # noqa: PLR2004
        raise Unprocessable("idempotency_key", field="Idempotency-Key")
    if not 1 <= ask.seats <= conference_limit:
        raise Unprocessable("party", field="seats", most=conference_limit)
    return ask


def checked_person(person: Person, seats: int = 1) -> Person:
    """The person as stored: text at the door, an address mail can reach."""
    name = name_at_the_door(person.name, "name")
    email = person.email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Unprocessable("email", field="email") from None
    # Between quotation marks the standard allows control characters, which no mailbox has.
    if len(email) > LONGEST_ADDRESS or not email.isprintable():
        raise Unprocessable("email", field="email")
    needs = plain_text(person.needs, limit=NEEDS_LIMIT, field="needs") if person.needs.strip() else ""
    companions = tuple(name_at_the_door(n, "companions") if n.strip() else "" for n in person.companions[: seats - 1])
    consents: dict[str, bool] = {name: person.consents[name] for name in CONSENTS if name in person.consents}
    return Person(name, email, needs, consents, companions)


def name_at_the_door(name: str, at: str) -> str:
    """One line."""
    return " ".join(plain_text(name, limit=NAME_LIMIT, field=at).split())


# ---- claiming


class Known:
    """What claims of one group must know of earlier ones: keys, addresses and devices, read at once."""

    def __init__(self, book: Book, asks: Iterable[Ask]) -> None:
        asks = list(asks)
        own = book.registrations.select_related("conference")
        self.by_key = {r.idempotency_key: r for r in own.filter(idempotency_key__in=[a.key for a in asks])}
        devices = {a.device for a in asks if a.device}
        self.by_device: dict[str, list[Registration]] = {}
        for found in own.filter(device__in=devices, place__in=LIVE) if devices else ():
            self.by_device.setdefault(found.device, []).append(found)
        emails = [a.person.email for a in asks if a.person is not None and a.person.email]
        live = own.filter(email__in=emails, place__in=LIVE).values_list("email", flat=True) if emails else ()
        self.emails = set(live)
        self.receipts: dict[int, Receipt] = {}

    def add(self, claimed: Claimed) -> None:
        """A claim of this group is known to the next ones."""
        own = claimed.registration
        self.by_key[own.idempotency_key] = own
        if own.device:
            self.by_device.setdefault(own.device, []).append(own)
        if own.email:
            self.emails.add(own.email)
        if claimed.receipt is not None:
            self.receipts[own.entry] = claimed.receipt


def claim(book: Book, ask: Ask, known: Known) -> Claimed:
    """Give a claim its number and its place. The same key, or a second tab, gets the same answer.

    Raises:
        Conflict, Unprocessable, TooMany: nothing was stored.
    """
    earlier = known.by_key.get(ask.key)
    if earlier is not None:
        if earlier.content_digest != ask.content:
            raise Unprocessable("key_used", field="Idempotency-Key")
        return _again(book, earlier, known)
    conference = book.conference
    if conference.closed_at is not None:
        raise Conflict("registration_closed")
    if conference.opens_at is not None and book.at < conference.opens_at and ask.source in {"page", "api"}:
        raise Conflict("not_open", time=conference.opens_at)
    of_device = known.by_device.get(ask.device, []) if ask.device else []
    unfinished = next((r for r in of_device if not r.email), None)
    if unfinished is not None:
        return _again(book, unfinished, known)
    if len(of_device) >= CLAIMS_A_DEVICE:
        raise TooMany("device_limit", most=CLAIMS_A_DEVICE)
    if ask.person is not None and (ask.person.email in known.emails or ask.person.email in book.addresses):
        raise Conflict("already_registered", field="email")
    invitation = _invitation(book, ask.invitation)
    claimed = _new(book, ask, asks_to_confirm=invitation is None and ask.source != "import")
    if invitation is not None:
        _use(invitation)
        vouch(book, claimed.registration, by="code")
    known.add(claimed)
    return claimed


def _again(book: Book, own: Registration, known: Known) -> Claimed:
    own.first = book.tickets(own)[0]  # the answer shows it, and is made where no database may be asked
    return Claimed(own, known.receipts.get(own.entry) or receipt_of(book, own), position(book, own))


def receipt_of(book: Book, own: Registration) -> Receipt | None:
    """What the log says of a claim; None for claims older than the log."""
    entry = Entry.objects.filter(conference=book.conference, number=own.entry).first()
    return (
        None
        if entry is None
        else Receipt(book.conference.slug, entry.number, own.seq, time_text(entry.at), entry.digest)
    )


def position(book: Book, own: Registration) -> int | None:
    """Place in the line, from 1; None when not waiting."""
    if own.place != Registration.Place.WAITING:
        return None
    return book.line().filter(rank__lt=own.rank).count() + 1


def _invitation(book: Book, code: str) -> Invitation | None:
    if not code.strip():
        return None
    digest = digest_of("".join(c for c in code.upper() if c.isalnum()))
    found = Invitation.objects.filter(conference=book.conference, digest=digest).first()
    if found is None:
        raise NotFound("invitation_unknown", field="invitation")
    if found.uses_left == 0:
        raise Conflict("invitation_used", field="invitation")
    return found


def _use(invitation: Invitation) -> None:
    invitation.uses_left -= 1
    invitation.save(update_fields=["uses_left"])


def _new(book: Book, ask: Ask, *, asks_to_confirm: bool) -> Claimed:
    conference = book.conference
    place = book.place_for(ask.wish, ask.seats)
    own = _row(conference, ask, book.at)
    own.place = place
    if place != Registration.Place.SEAT:
        # Nobody is kept from anything by a claim without a seat: its letter may take its time.
        own.hold_until = book.at + timedelta(hours=conference.offer_hours)
    own.rank = own.entry = book.log("claim", own, wish=ask.wish, seats=ask.seats, by=ask.source, got=place)
    digest = conference.log_digest
    conference.next_seq += 1
    numbers: Sequence[int | None] = [None] * ask.seats
    if place == Registration.Place.SEAT:
        conference.taken += ask.seats
        numbers = book.numbers(ask.seats)
    names = ("", *(ask.person.companions if ask.person else ()), *("",) * ask.seats)
    tickets = [
        {
            "conference_id": conference.pk, "part": part, "name": names[part - 1], "seat_number": number,
            "code": None, "minted": False, "blinded": "", "replaced": 0,
        }
        for part, number in enumerate(numbers, 1)
    ]  # fmt: skip
    own.first = Ticket(seat_number=numbers[0])
    stands = book.waits() if place == Registration.Place.WAITING else None
    if ask.person is not None and asks_to_confirm:
        letter(book, own, "confirm")
    if own.email:
        book.addresses[own.email] = own.claim
    book.add(own, tickets)
    receipt = Receipt(conference.slug, own.entry, own.seq, time_text(book.at), digest)
    return Claimed(own, receipt, stands)


def _row(conference: Conference, ask: Ask, at: datetime) -> Registration:
    own = Registration(
        conference=conference,
        seq=conference.next_seq,
        claim=secrets.token_urlsafe(18),
        confirm_token=secrets.token_urlsafe(18),
        idempotency_key=ask.key,
        content_digest=ask.content,
        device=ask.device,
        source=ask.source,
        language=ask.language,
        wish=ask.wish,
        seats=ask.seats,
        claimed_at=at,
        hold_until=at + timedelta(minutes=conference.mail_minutes if ask.person else conference.hold_minutes),
    )
    if ask.person is not None:
        _write(own, ask.person)
    return own


def _write(own: Registration, person: Person) -> None:
    own.name, own.email = person.name, person.email
    own.needs, own.consents = person.needs, person.consents


# ---- the form


def fill_in(book: Book, own: Registration, person: Person) -> Registration:
    """Say whose claim it is; the letter with the link goes out, and the hold waits for it."""
    if own.place == Registration.Place.GIVEN_UP:
        raise Conflict("given_up")
    # Whom a code or the desk vouched for before the form has no address yet.
    if own.confirmed_at is not None and own.email and person.email != own.email:
        raise Conflict("address_confirmed", field="email")
    if book.lives_elsewhere(person.email, own):
        raise Conflict("already_registered", field="email")
    is_new_address = person.email != own.email
    _write(own, person)
    if own.hold_until is not None and own.confirmed_at is None and is_new_address:
        own.hold_until = max(own.hold_until, book.at + timedelta(minutes=book.conference.mail_minutes))
    if is_new_address:
        # Whoever got a letter at a mistyped address must not confirm with it.
        own.confirm_token = secrets.token_urlsafe(18)
        letter(book, own, "confirm" if own.confirmed_at is None else "ticket")
    book.store(own, "name", "email", "needs", "consents", "hold_until", "mailed_at", "confirm_token")
    for part, name in enumerate(person.companions, 2):
        book.tickets(own).filter(part=part).update(name=name)
    book.addresses[person.email] = own.claim
    return own


def letter(book: Book, own: Registration, kind: str) -> None:
    """Queue one and note when, so that nobody's mailbox is filled by pressing again; the caller stores the note."""
    book.mail(kind, own)
    own.mailed_at = book.at


def send_again(book: Book, own: Registration) -> None:
    """The confirmation or the ticket once more, at most once a minute."""
    if not own.email:
        raise Unprocessable("email", field="email")
    if own.mailed_at is not None and book.at - own.mailed_at < MAIL_AGAIN_AFTER:
        raise TooMany("mail_again_later")
    letter(book, own, "confirm" if own.confirmed_at is None else "ticket")
    own.save(update_fields=["mailed_at"])


# ---- confirming


def vouch(book: Book, own: Registration, by: str) -> Registration:
    """The address is confirmed, or a code or the desk vouches: tickets are issued. Again changes nothing.

    A hold that had ended meanwhile gets a seat if one is free and nobody waits, else the end of the line.
    """
    if own.place == Registration.Place.GIVEN_UP:
        raise Conflict("given_up")
    if own.confirmed_at is not None:
        return own
    late = own.place == Registration.Place.LAPSED
    if late and book.conference.closed_at is not None:
        raise Conflict("registration_closed")
    if late and own.email and book.lives_elsewhere(own.email, own):
        raise Conflict("already_registered", field="email")
    own.confirmed_at, own.confirmed_by = book.at, by
    if own.place == Registration.Place.OFFERED:
        own.place = Registration.Place.SEAT
    own.hold_until = None
    book.log("confirm", own, by=by)
    if late:
        claim_anew(book, own)
    letter(book, own, "ticket")
    book.store(own, "confirmed_at", "confirmed_by", "place", "hold_until", "seq", "rank", "entry", "mailed_at")
    book.issue(own, [new_code(CODE_LENGTH) for _ in range(own.seats)])
    return own


def claim_anew(book: Book, own: Registration) -> None:
    """A new number for who let the old one lapse."""
    conference = book.conference
    before, own.seq = own.seq, conference.next_seq
    place = book.place_for(own.wish, own.seats)
    own.rank = own.entry = book.log("claim", own, wish=own.wish, seats=own.seats, by="late", got=place, before=before)
    conference.next_seq += 1
    if place == Registration.Place.SEAT:
        book.seat(own)
    else:
        own.place = place
        if place == Registration.Place.WAITING:
            book.waits()


def minted(own: Registration) -> bool:
    """Whether a voice was taken by one of its tickets."""
    return own.tickets.filter(minted=True).exists()
