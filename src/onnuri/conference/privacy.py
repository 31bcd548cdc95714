"""Everything that is held of one registration, for whoever has its link; and erasing it before its time is over."""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat

from onnuri.conference.book import locked
from onnuri.conference.listing import letters
from onnuri.conference.models import Entry, Proof, Registration, Scan
from onnuri.conference.queries import registration_by_claim
from onnuri.conference.retention import UNFINISHED, topic_of
from onnuri.errors import Conflict
from onnuri.people.models import Mail

Held = dict[str, Any]
ENDED: Final = (Registration.Place.GIVEN_UP, Registration.Place.LAPSED, Registration.Place.RELEASED)
"""Where nobody needs the name at the door any more."""


def held_of_registration(found: Registration) -> Held:
    """Every row that belongs to this claim. Which voice its tickets became is not held anywhere."""
    tickets = list(found.tickets.all())
    return {
        "conference": found.conference.slug,
        "registration": {
            "number": found.seq,
            "name": found.name,
            "email": found.email,
            "needs": found.needs,
            "language": found.language,
            "consents": found.consents,
            "wish": found.wish,
            "seats": found.seats,
            "place": found.place,
            "source": found.source,
            "device": found.device,
            "claimed_at": found.claimed_at,
            "confirmed_at": found.confirmed_at,
            "confirmed_by": found.confirmed_by,
        },
        "tickets": [
            {"part": t.part, "name": t.name, "code": t.code, "seat": t.seat_number, "voice_taken": t.minted}
            for t in tickets
        ],
        "check_ins": [{"act": s.act, "at": s.at, "door": s.device} for s in Scan.objects.filter(ticket__in=tickets)],
        "proofs": [
            {"code": p.code, "name": p.name, "at": p.issued_at} for p in Proof.objects.filter(ticket__in=tickets)
        ],
        "log": [
            {"number": e.number, "at": e.at, "act": e.act, "reason": e.reason, "who": e.who}
            for e in Entry.objects.filter(conference=found.conference, seq=found.seq)
        ],
        "mails": [
            {"kind": m.kind, "to": m.to, "state": m.state, "queued_at": m.queued_at, "sent_at": m.sent_at}
            for m in letters(found)
        ],
    }


def erase_registration(*, slug: str, claim: str) -> None:
    """Erase who somebody is, as soon as they have no place any more; the number and the log stay.

    Raises:
        Conflict: erase_place_first.
    """
    with transaction.atomic():
        locked(slug)
        found = registration_by_claim(slug, claim)
        if found.place not in ENDED:
            raise Conflict("erase_place_first")
        mails = Mail.objects.filter(topic=topic_of(found.conference), about__claim=found.claim)
        mails.filter(state__in=UNFINISHED).update(state=Mail.State.DROPPED)
        mails.update(to="", about={}, problem="")
        Proof.objects.filter(ticket__registration=found).update(name="")
        found.tickets.update(name="")
        Entry.objects.filter(conference=found.conference, seq=found.seq).exclude(reason="").update(reason="")
        Registration.objects.filter(pk=found.pk).update(
            name="", email="", needs="", consents={}, device="", content_digest="",
            idempotency_key=Concat(Value("erased-"), F("claim")),
        )  # fmt: skip
