"""The list of people as a file: brought in as a dry run first, then by the claim engine; and given out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import Prefetch

from onnuri.conference import claims
from onnuri.conference.book import line, opened
from onnuri.conference.claims import Known
from onnuri.conference.entrance import present
from onnuri.conference.importing import Line
from onnuri.conference.models import Conference, Registration, Ticket
from onnuri.conference.places import LIVE, place_for
from onnuri.errors import Conflict, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from onnuri.conference.sheets import Cell

SLICE: Final = 500


# ---- in


@dataclass(frozen=True)
class Looked:
    """A dry run: what each line would do now, and where the new ones would stand."""

    new: tuple[Line, ...]
    known: tuple[Line, ...]
    """Imported before by the same line: nothing changes."""
    refused: tuple[tuple[Line, Refusal], ...]
    places: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Brought:
    """What an import did."""

    new: int
    known: int
    refused: tuple[tuple[Line, Refusal], ...]
    places: dict[str, int]


def look(conference: Conference, lines: Sequence[Line]) -> Looked:
    """Hold a file's lines against the book; nothing is stored."""
    keys, emails = _in_book(conference)
    new, known = [], []
    refused: list[tuple[Line, Refusal]] = []
    for one in lines:
        if one.ask is None or one.ask.person is None:
            refused.append((one, one.refusal or Conflict("not_now")))
        elif one.ask.key in keys:
            known.append(one)
        elif conference.closed_at is not None:
            refused.append((one, Conflict("registration_closed")))
        elif one.ask.person.email in emails:
            refused.append((one, Conflict("already_registered", field="email")))
        else:
            new.append(one)
    return Looked(tuple(new), tuple(known), tuple(refused), _foreseen(conference, new))


def _in_book(conference: Conference) -> tuple[set[str], set[str]]:
    imported = conference.registrations.filter(source="import")
    live = conference.registrations.filter(place__in=LIVE).exclude(email="")
    return set(imported.values_list("idempotency_key", flat=True)), set(live.values_list("email", flat=True))


def _foreseen(conference: Conference, new: Iterable[Line]) -> dict[str, int]:
    draws = conference.draw_minutes > 0 and conference.drawn_at is None
    free = max(0, conference.capacity + conference.beyond - conference.taken)
    waits, found = line(conference).exists(), dict[str, int]()
    for one in new:
        if one.ask is None:
            continue
        place = place_for(one.ask.wish, one.ask.seats, free, somebody_waits=waits)
        place = "drawing" if draws and place != "online" else place
        free -= one.ask.seats if place == "seat" else 0
        waits = waits or place == "waiting"
        found[place] = found.get(place, 0) + 1
    return found


def bring_in(slug: str, lines: Sequence[Line], *, vouched: bool, at: datetime) -> Brought:
    """Claim a place for every line, all in one transaction; the same line again changes nothing.

    Args:
        slug: of the conference.
        lines: as they were read; those that were refused are passed over.
        vouched: tickets at once; else each person confirms the address by the letter.
        at: the server's clock.
    """
    asked = [one for one in lines if one.ask is not None]
    with transaction.atomic(), opened(slug, at) as book:
        known = Known(book, [one.ask for one in asked if one.ask is not None])
        before = frozenset(known.by_key)
        done, refused = list[Registration](), list[tuple[Line, Refusal]]()
        for one in asked:
            assert one.ask is not None  # noqa: S101 - as picked above
            if one.ask.key in before:  # its key is its content, so the claim there is the same
                continue
            try:
                own = claims.claim(book, one.ask, known).registration
                book.flush()
            except Refusal as refusal:
                refused.append((one, refusal))
                continue
            if vouched:
                claims.vouch(book, own, by="import")
            else:
                claims.letter(book, own, "confirm")
                own.save(update_fields=["mailed_at"])
            done.append(own)
    places: dict[str, int] = {}
    for own in done:
        places[own.place] = places.get(own.place, 0) + 1
    return Brought(len(done), len(asked) - len(done) - len(refused), tuple(refused), places)


# ---- out


def rows(conference: Conference, say: Callable[[str | datetime], str]) -> Iterator[list[Cell]]:
    """The whole list, a head first, one registration a row.

    Args:
        conference: whose.
        say: the words for heads, places and consents, and a time as text.
    """
    yield [say(head) for head in HEADS]
    tickets = Prefetch("tickets", Ticket.objects.order_by("part"))
    arrived = present(conference)
    found = conference.registrations.order_by("seq").prefetch_related(tickets)
    for own in found.iterator(chunk_size=SLICE):
        party = list(own.tickets.all())
        yield [
            own.seq,
            own.name,
            own.email,
            say(own.place),
            ", ".join(str(t.seat_number) for t in party if t.seat_number is not None),
            own.seats,
            "" if own.confirmed_at is None else say(own.confirmed_at),
            own.needs,
            ", ".join(say(name) for name, given in own.consents.items() if given),
            sum(t.pk in arrived for t in party),
            say(own.claimed_at),
            ", ".join(t.name for t in party if t.part > 1 and t.name),
        ]


HEADS: Final = (
    "seq", "name", "address", "place", "seat_number", "party", "confirmed", "needs", "consents", "checked_in",
    "claimed_at", "companions",
)  # fmt: skip
