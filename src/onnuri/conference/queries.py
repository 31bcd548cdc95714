"""What pages ask of a conference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q

from onnuri.conference.book import line
from onnuri.conference.draw import commitment, ends_at
from onnuri.conference.ledger import MARK, Receipt, entry_document, time_text
from onnuri.conference.models import Conference, Entry, Registration
from onnuri.errors import NotFound

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class Places:
    """How full it is: seats held (offered ones too), parties that wait, places online, tickets at the draw."""

    capacity: int
    beyond: int
    seated: int
    waiting: int
    online: int
    drawing: int
    state: str
    opens_at: datetime | None
    draw_ends_at: datetime | None
    commitment: str
    moves: int

    @property
    def seats_left(self) -> int:
        """Seats nobody holds."""
        return max(0, self.capacity + self.beyond - self.seated)


def conference_by_slug(slug: str) -> Conference:
    """Find it or refuse."""
    try:
        return Conference.objects.get(slug=slug)
    except Conference.DoesNotExist:
        raise NotFound("conference_unknown") from None


def places(conference: Conference, *, at: datetime) -> Places:
    """Counts of this moment."""
    found = conference.registrations.aggregate(
        waiting=Count("id", filter=Q(place="waiting")),
        online=Count("id", filter=Q(place="online")),
        drawing=Count("id", filter=Q(place="drawing")),
    )
    drawn = conference.draw_minutes > 0
    ends = ends_at(conference.opens_at, conference.draw_minutes) if drawn and conference.opens_at else None
    return Places(
        conference.capacity, conference.beyond, conference.taken, **found, state=state(conference, at),
        opens_at=conference.opens_at, draw_ends_at=ends if conference.drawn_at is None else None,
        commitment=commitment(conference.draw_seed) if drawn else "",
        moves=conference.entries.filter(act__in=("move", "add")).count(),
    )  # fmt: skip


def state(conference: Conference, at: datetime) -> str:
    """Whether one can register: "not_open", "open" or "closed"."""
    if conference.closed_at is not None:
        return "closed"
    return "not_open" if conference.opens_at is not None and at < conference.opens_at else "open"


def registration_by_claim(slug: str, claim: str) -> Registration:
    """Find it or refuse."""
    found = Registration.objects.select_related("conference").filter(conference__slug=slug, claim=claim).first()
    if found is None:
        raise NotFound("claim_unknown")
    return found


def position(registration: Registration) -> int | None:
    """Place in the line, from 1; None when not waiting."""
    if registration.place != Registration.Place.WAITING:
        return None
    return line(registration.conference).filter(rank__lt=registration.rank).count() + 1


def receipt(registration: Registration) -> Receipt | None:
    """What the log says of a claim; None for claims older than the log."""
    own = registration
    found = Entry.objects.filter(conference_id=own.conference_id, number=own.entry).values_list("at", "digest")[:1]
    for at, digest in found:
        return Receipt(own.conference.slug, own.entry, own.seq, time_text(at), digest)
    return None


def log_document(conference: Conference) -> dict[str, Any]:
    """The whole log as it is published: no names, no addresses, no reasons."""
    entries = [entry_document(e.number, e.at, e.act, e.seq, e.details) for e in conference.entries.all()]
    closed = conference.closed_at
    return {
        "format": MARK,
        "conference": conference.slug,
        "closed_at": time_text(closed) if closed is not None else None,
        "digest": conference.log_digest,
        "entries": entries,
    }
