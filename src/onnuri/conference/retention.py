"""What is erased when the time is over: everything that says who somebody is. Numbers, places and the log stay."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Concat

from onnuri.conference.book import locked
from onnuri.conference.models import Conference, Entry, Erasure, Invitation, Proof, Registration, Ticket
from onnuri.errors import Conflict
from onnuri.people.models import Mail

UNFINISHED: Final = (Mail.State.QUEUED, Mail.State.RETRY, Mail.State.SENDING)


def erase_due(at: datetime) -> list[str]:
    """Erase what is due everywhere; the answer is whose. Called by the server once an hour."""
    due = [c.slug for c in Conference.objects.all() if (day := erased_at(c)) is not None and day <= at and left(c)]
    for slug in due:
        erase(slug, at=at)
    if due:
        compact()
    return due


def erased_at(conference: Conference) -> datetime | None:
    """When the names of a conference are erased; None while it has no date."""
    end = conference.ends_at or conference.starts_at
    return None if end is None else end + timedelta(days=conference.retention_days)


def left(conference: Conference) -> dict[str, int]:
    """What is still there of people, field by field: of how many."""
    counts = {what: rows.count() for what, rows in _kept(conference).items()}
    return {what: count for what, count in counts.items() if count}


def erase_now(slug: str, *, at: datetime) -> None:
    """The organiser's button: not before people have come, for the door finds them by name.

    Raises:
        Conflict: erase_early.
    """
    conference = Conference.objects.get(slug=slug)
    end = conference.ends_at or conference.starts_at
    over = end is not None and end <= at
    if not over and conference.closed_at is None:
        raise Conflict("erase_early")
    erase(slug, at=at)
    compact()


def erase(slug: str, *, at: datetime) -> list[Erasure]:
    """Erase in one transaction, and note what; nothing is noted of what was not there."""
    with transaction.atomic():
        conference = locked(slug)
        if connection.vendor == "sqlite":  # should `compact` find the file busy, most bytes are zeroed already
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA secure_delete=ON")
        kept = _kept(conference)
        told = [
            Erasure(conference=conference, at=at, what=what, people=count)
            for what, rows in kept.items()
            if (count := rows.count())
        ]
        registrations = Registration.objects.filter(conference=conference)
        registrations.update(
            name="", email="", needs="", consents={}, device="", content_digest="",
            # Both come from what somebody wrote, and must be unique.
            idempotency_key=Concat(Value("erased-"), F("claim")),
        )  # fmt: skip
        Ticket.objects.filter(conference=conference).update(name="")
        Proof.objects.filter(conference=conference).update(name="")
        Invitation.objects.filter(conference=conference).update(note="")
        Entry.objects.filter(conference=conference).exclude(reason="").update(reason="")
        mails = Mail.objects.filter(topic=topic_of(conference))
        mails.filter(state__in=UNFINISHED).update(state=Mail.State.DROPPED)
        mails.update(to="", about={}, problem="")
        return Erasure.objects.bulk_create(told)


def _kept(conference: Conference) -> dict[str, QuerySet[Any]]:
    people = Registration.objects.filter(conference=conference)
    return {
        "name": people.exclude(name=""),
        "email": people.exclude(email=""),
        "needs": people.exclude(needs=""),
        "consents": people.exclude(consents={}),
        "device": people.exclude(device=""),
        "companions": Ticket.objects.filter(conference=conference).exclude(name=""),
        "mail": Mail.objects.filter(topic=topic_of(conference)).exclude(to=""),
        "proof": Proof.objects.filter(conference=conference).exclude(name=""),
        "invitation": Invitation.objects.filter(conference=conference).exclude(note=""),
        "reason": Entry.objects.filter(conference=conference).exclude(reason=""),
    }


def topic_of(conference: Conference) -> str:
    """What its letters belong to."""
    return f"e/{conference.slug}"


def compact() -> None:
    """Take what was erased out of the file itself: the bytes of old rows lie in free pages and in the journal."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
