"""What pages ask of a conference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from onnuri.conference.actions import line
from onnuri.conference.models import Conference, Registration
from onnuri.errors import NotFound

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class Places:
    """How full it is."""

    capacity: int
    seated: int
    waiting: int
    online: int
    state: str
    opens_at: datetime | None

    @property
    def seats_left(self) -> int:
        """Seats nobody holds."""
        return max(0, self.capacity - self.seated)


def conference_by_slug(slug: str) -> Conference:
    """Find it or refuse."""
    try:
        return Conference.objects.get(slug=slug)
    except Conference.DoesNotExist:
        raise NotFound("conference_unknown") from None


def places(conference: Conference, *, at: datetime) -> Places:
    """Counts of this moment."""
    found = conference.registrations.aggregate(
        seated=Count("id", filter=Q(place="seat")),
        waiting=Count("id", filter=Q(place="waiting")),
        online=Count("id", filter=Q(place="online")),
    )
    waits = conference.opens_at is not None and at < conference.opens_at
    return Places(conference.capacity, **found, state="not_open" if waits else "open", opens_at=conference.opens_at)


def registration_by_claim(slug: str, claim: str) -> Registration:
    """Find it or refuse."""
    found = (
        Registration.objects.select_related("conference", "ticket").filter(conference__slug=slug, claim=claim).first()
    )
    if found is None:
        raise NotFound("claim_unknown")
    return found


def position(registration: Registration) -> int | None:
    """Place in the line, from 1; None when not waiting."""
    if registration.place != Registration.Place.WAITING:
        return None
    return line(registration.conference).filter(seq__lt=registration.seq).count() + 1
