"""A verb each, in one transaction: load, ask the rule, store."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from onnuri.conference.models import Conference, Registration, Ticket
from onnuri.conference.places import first_free, place_for
from onnuri.errors import Conflict, NotFound, Unprocessable
from onnuri.text import plain_text

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

CODE_ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without 0, O, 1 and I, which people read wrong."""
NAME_LIMIT: Final = 80
LONGEST_ADDRESS: Final = 254
"""RFC 5321: mail takes no longer one."""


def new_code(length: int) -> str:
    """A random code that a person can read out."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(length))


def digest_of(secret: str) -> str:
    """How secrets are stored."""
    return hashlib.sha256(secret.encode()).hexdigest()


def create_conference(
    *,
    slug: str,
    title: dict[str, str],
    capacity: int,
    at: datetime,
    **texts: Any,  # noqa: ANN401 - optional fields
) -> tuple[Conference, str]:
    """Create a conference; the answer carries the host's key, which is stored only as a digest."""
    if not 1 <= capacity <= 100_000:  # noqa: PLR2004 - larger halls do not exist
        raise Unprocessable("seats", field="capacity", most=100_000)
    if Conference.objects.filter(slug=slug).exists():
        raise Conflict("slug_taken", field="slug", slug=slug)
    key = secrets.token_urlsafe(24)
    conference = Conference.objects.create(
        slug=slug, title=title, capacity=capacity, host_key_digest=digest_of(key), created_at=at, **texts
    )
    return conference, key


def register(*, slug: str, name: str, email: str, wish: str, idempotency_key: str, at: datetime) -> Registration:
    """Claim a place. The same key gets the same answer; one address holds one place.

    Raises:
        NotFound, Conflict, Unprocessable: nothing was stored.
    """
    name, email = _checked(name, email, wish, idempotency_key)
    content = digest_of(f"{name}\n{email}\n{wish}")
    with transaction.atomic():
        conference = _locked(slug)
        if (known := _known(conference, idempotency_key, content)) is not None:
            return known
        if conference.opens_at is not None and at < conference.opens_at:
            raise Conflict("not_open", time=conference.opens_at)
        _refuse_second_place(conference, email)
        return _claim(conference, name, email, wish, idempotency_key, content, at)


def _checked(name: str, email: str, wish: str, key: str) -> tuple[str, str]:
    name = " ".join(plain_text(name, limit=NAME_LIMIT, field="name").split())
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Unprocessable("email", field="email") from None
    if len(email) > LONGEST_ADDRESS:
        raise Unprocessable("email", field="email")
    if wish not in Registration.Wish.values:
        raise Unprocessable("wish", field="channel")
    if not 8 <= len(key) <= 64 or not key.isascii() or not key.isprintable():  # noqa: PLR2004
        raise Unprocessable("idempotency_key", field="Idempotency-Key")
    return name, email


def _locked(slug: str) -> Conference:
    # On SQLite the transaction is IMMEDIATE and alone; on PostgreSQL the row is the lock.
    try:
        return Conference.objects.select_for_update().get(slug=slug)
    except Conference.DoesNotExist:
        raise NotFound("conference_unknown") from None


def _known(conference: Conference, key: str, content: str) -> Registration | None:
    known = conference.registrations.filter(idempotency_key=key).first()
    if known is not None and known.content_digest != content:
        raise Unprocessable("key_used", field="Idempotency-Key")
    return known


def _refuse_second_place(conference: Conference, email: str) -> None:
    if conference.registrations.filter(email=email).exclude(place=Registration.Place.GIVEN_UP).exists():
        raise Conflict("already_registered", field="email")


def _claim(
    conference: Conference, name: str, email: str, wish: str, key: str, content: str, at: datetime
) -> Registration:
    taken = _taken(conference)
    waiting = line(conference).count()
    given = place_for(wish, taken, conference.capacity, waiting)
    registration = Registration.objects.create(
        conference=conference,
        seq=conference.next_seq,
        claim=secrets.token_urlsafe(18),
        idempotency_key=key,
        content_digest=content,
        name=name,
        email=email,
        wish=wish,
        place=given.place,
        seat_number=given.seat_number,
        claimed_at=at,
        confirm_token=secrets.token_urlsafe(18),
    )
    conference.next_seq += 1
    conference.save(update_fields=["next_seq"])
    return registration


def _taken(conference: Conference) -> set[int]:
    seats = conference.registrations.values_list("seat_number", flat=True)
    return {number for number in seats if number is not None}


def confirm(*, token: str, at: datetime) -> Registration:
    """The address was confirmed by its link: the ticket is issued."""
    with transaction.atomic():
        registration = _of(Registration.objects.filter(confirm_token=token), "link_expired")
        return _issue(registration, at, by="link")


def vouch(*, slug: str, claim: str, at: datetime) -> Registration:
    """The organiser vouches for a claim: the ticket is issued."""
    with transaction.atomic():
        registration = _of(Registration.objects.filter(conference__slug=slug, claim=claim), "claim_unknown")
        return _issue(registration, at, by="desk")


def _of(found: Any, unknown: str) -> Registration:  # noqa: ANN401 - a queryset
    # Only the registration: who holds the conference's row locks registrations after it, never before it.
    registration: Registration | None = found.select_for_update(of=("self",)).select_related("conference").first()
    if registration is None:
        raise NotFound(unknown)
    if registration.place == Registration.Place.GIVEN_UP:
        raise Conflict("given_up")
    return registration


def _issue(registration: Registration, at: datetime, by: str) -> Registration:
    if registration.confirmed_at is None:
        registration.confirmed_at, registration.confirmed_by = at, by
        registration.save(update_fields=["confirmed_at", "confirmed_by"])
        Ticket.objects.create(registration=registration, code=new_code(10))
    return registration


def give_up(*, slug: str, claim: str) -> Registration:
    """Give a place up; in the same transaction the first in the line gets the seat."""
    with transaction.atomic():
        conference = _locked(slug)
        registration = _of(Registration.objects.filter(conference=conference, claim=claim), "claim_unknown")
        if Ticket.objects.filter(registration=registration, minted=True).exists():
            raise Conflict("voice_taken")
        registration.place, registration.seat_number = Registration.Place.GIVEN_UP, None
        registration.save(update_fields=["place", "seat_number"])
        Ticket.objects.filter(registration=registration).delete()
        move_up(conference)
        return registration


def line(conference: Conference) -> QuerySet[Registration]:
    """Who waits for a seat, in order. Who has already taken a voice online keeps it and waits no more."""
    return conference.registrations.filter(place=Registration.Place.WAITING).exclude(ticket__minted=True)


def move_up(conference: Conference) -> None:
    """Seat the line in its order while there are free seats."""
    while True:
        seated = _taken(conference)
        first = line(conference).first()
        if first is None or len(seated) >= conference.capacity:
            return
        first.place, first.seat_number = Registration.Place.SEAT, first_free(seated, conference.capacity)
        first.save(update_fields=["place", "seat_number"])
