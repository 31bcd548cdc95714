"""A verb each, in one transaction: open the book, do it, close the book."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from onnuri.conference import changes, claims
from onnuri.conference.book import Book, locked, opened
from onnuri.conference.claims import Ask, Claimed, Known, Person, digest_of, new_code
from onnuri.conference.models import Conference, Registration
from onnuri.errors import Conflict, NotFound, Refusal, Unprocessable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

__all__ = [
    "accept",
    "add_seat",
    "claim",
    "close_registration",
    "confirm",
    "create_conference",
    "digest_of",
    "fill_in",
    "give_up",
    "invite",
    "move",
    "new_code",
    "register",
    "set_capacity",
    "to_hall",
    "to_online",
    "together",
    "vouch",
]

Act = "Callable[[Book, Known], Any]"


def create_conference(
    *,
    slug: str,
    title: dict[str, str],
    capacity: int,
    at: datetime,
    **texts: Any,  # noqa: ANN401 - optional fields
) -> tuple[Conference, str]:
    """Create a conference; the answer carries the host's key, which is stored only as a digest."""
    if not 1 <= capacity <= changes.LARGEST_HALL:
        raise Unprocessable("seats", field="capacity", most=changes.LARGEST_HALL)
    if Conference.objects.filter(slug=slug).exists():
        raise Conflict("slug_taken", field="slug", slug=slug)
    key = secrets.token_urlsafe(24)
    seed = secrets.token_hex(32) if texts.get("draw_minutes") else ""
    conference = Conference.objects.create(
        slug=slug, title=title, capacity=capacity, ceiling=capacity, host_key_digest=digest_of(key),
        created_at=at, draw_seed=seed, **texts,
    )  # fmt: skip
    return conference, key


# ---- claims, one by one or many in one transaction


@dataclass(frozen=True)
class About:
    """What an act will ask the book for, so that a group reads it at once."""

    ask: Ask | None = None
    claim: str = ""
    token: str = ""
    email: str = ""


def together(
    slug: str, at: datetime, acts: Sequence[tuple[Callable[[Book, Known], Any], About | Ask | None]]
) -> list[Any]:
    """Do many acts in their order in one transaction; one commit on disk for all.

    Args:
        slug: of the conference.
        at: the server's clock.
        acts: what to do, and what it is about.

    Returns: per act its result, or the Refusal it got; a refused act changed nothing.
    """
    with opened(slug, at) as book:
        told = [about if isinstance(about, About) else About(about) for _act, about in acts]
        known = Known(book, [about.ask for about in told if about.ask is not None])
        book.look_for(
            {about.claim for about in told if about.claim},
            {about.token for about in told if about.token},
            {about.email for about in told if about.email},
        )
        return [_tried(act, book, known) for act, _about in acts]


def _tried(act: Callable[[Book, Known], Any], book: Book, known: Known) -> Any:  # noqa: ANN401
    # An act asks its rules before it changes anything, so a refusal leaves nothing to undo.
    try:
        return act(book, known)
    except Refusal as refusal:
        return refusal


def claim(slug: str, ask: Ask, *, at: datetime) -> Claimed:
    """Claim a place. The same key gets the same answer; one address holds one place."""
    with opened(slug, at) as book:
        ask = claims.checked_ask(book.conference.party_limit, ask)
        return claims.claim(book, ask, Known(book, [ask]))


def register(*, slug: str, name: str, email: str, wish: str, idempotency_key: str, at: datetime) -> Registration:
    """Claim a place and say at once whose it is."""
    person = claims.checked_person(Person(name, email))
    return claim(slug, Ask(idempotency_key, wish, person=person, source="api"), at=at).registration


def fill_in(slug: str, claim_code: str, person: Person, *, at: datetime) -> Registration:
    """The form after the claim."""
    with opened(slug, at) as book:
        own = of_claim(book, claim_code)
        return claims.fill_in(book, own, claims.checked_person(person, own.seats))


def send_again(slug: str, claim_code: str, *, at: datetime) -> None:
    """The letter once more."""
    with opened(slug, at) as book:
        claims.send_again(book, of_claim(book, claim_code))


def confirm(*, token: str, at: datetime) -> Registration:
    """The address was confirmed by its link: the tickets are issued."""
    slug = Registration.objects.filter(confirm_token=token).values_list("conference__slug", flat=True).first()
    if slug is None:
        raise NotFound("link_expired")
    with opened(slug, at) as book:
        return claims.vouch(book, of_token(book, token), by="link")


def vouch(*, slug: str, claim: str, at: datetime) -> Registration:
    """The organiser vouches for a claim: the tickets are issued."""
    with opened(slug, at) as book:
        return claims.vouch(book, of_claim(book, claim), by="desk")


def of_claim(book: Book, code: str) -> Registration:
    """One claim of this conference."""
    return book.found(code) or _of(book, claim=code, unknown="claim_unknown")


def of_token(book: Book, token: str) -> Registration:
    """The claim a confirmation link names."""
    return book.found(token) or _of(book, confirm_token=token, unknown="link_expired")


def _of(book: Book, unknown: str, **which: str) -> Registration:
    own = book.registrations.filter(**which).first()
    if own is None:
        raise NotFound(unknown)
    own.conference = book.conference
    return own


# ---- afterwards


def give_up(*, slug: str, claim: str, at: datetime) -> Registration:
    """Give a place up; in the same transaction the first in the line is offered the seat."""
    with opened(slug, at) as book:
        return changes.give_up(book, of_claim(book, claim))


def accept(slug: str, claim_code: str, *, at: datetime) -> Registration:
    """Take an offered seat."""
    with opened(slug, at) as book:
        return changes.accept(book, of_claim(book, claim_code))


def to_online(slug: str, claim_code: str, *, at: datetime) -> Registration:
    """Hall to online."""
    with opened(slug, at) as book:
        return changes.to_online(book, of_claim(book, claim_code))


def to_hall(slug: str, claim_code: str, *, at: datetime) -> Registration:
    """Online to hall."""
    with opened(slug, at) as book:
        return changes.to_hall(book, of_claim(book, claim_code))


def set_capacity(slug: str, seats: int, *, who: str, reason: str, at: datetime) -> None:
    """Change how many seats there are."""
    with opened(slug, at) as book:
        changes.set_capacity(book, seats, who=who, reason=reason)


def add_seat(slug: str, claim_code: str, *, who: str, reason: str, at: datetime) -> Registration:
    """Seat a party beyond the capacity."""
    with opened(slug, at) as book:
        return changes.add_seat(book, of_claim(book, claim_code), who=who, reason=reason)


def move(slug: str, claim_code: str, to: str, *, who: str, reason: str, at: datetime) -> Registration:
    """Move a party in the line."""
    with opened(slug, at) as book:
        return changes.move(book, of_claim(book, claim_code), to, who=who, reason=reason)


def close_registration(slug: str, *, at: datetime) -> None:
    """No claims any more; the log is published."""
    with opened(slug, at) as book:
        changes.close_registration(book)


def settle(slug: str, *, at: datetime) -> None:
    """Let time do its part now, so that offers do not wait for the next claim."""
    with opened(slug, at):
        pass


def invite(slug: str, *, note: str, uses: int = 1) -> str:
    """An invitation code; stored only as a digest."""
    if not 1 <= uses <= changes.LARGEST_HALL:
        raise Unprocessable("count", field="uses", most=changes.LARGEST_HALL)
    code = new_code(10)
    with transaction.atomic():
        conference = locked(slug)
        conference.invitations.create(digest=digest_of(code), note=note[:200], uses_left=uses)
    return code
