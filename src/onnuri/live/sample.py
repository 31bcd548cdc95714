"""The sample conference: invented content, simulated people, both marked as such everywhere."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction

from onnuri.conclusion.rules import Rules
from onnuri.conference.actions import create_conference, together
from onnuri.conference.claims import Ask, claim, vouch
from onnuri.conference.models import Conference, Registration, Session
from onnuri.conversation.actions import add_statement, create_conversation, touch
from onnuri.conversation.models import Conversation, Statement, Voice
from onnuri.live.opinions import content
from onnuri.publishing import sitting

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from onnuri.conference.book import Book
    from onnuri.conference.claims import Known

IN_THE_HALL: Final = 143
ONLINE: Final = 170
GRACE_S: Final = 2
ROW_NUMBERS: Final = 2**48


def ensure_sample(*, at: datetime, pem: bytes) -> str | None:
    """Make the sample in an empty data folder; the answer is its code, or None when there is something already."""
    return None if Conference.objects.exists() else make_sample(at=at, pem=pem)["code"]


def make_sample(*, at: datetime, pem: bytes) -> dict[str, str]:
    """A conference with a hall of simulated people in the middle of its first round."""
    told = content()["conference"]
    with transaction.atomic():
        slug = _free_slug(told["slug"])
        conference, conference_key = create_conference(
            slug=slug,
            title=told["title"],
            capacity=told["seats"],
            at=at,
            theme=told["theme"],
            organiser=told["organiser"],
            venue=told["venue"],
            summary=told["summary"],
            starts_at=at,
            simulated=True,
        )
        _programme(conference, at)
        seats = _registrations(conference, at)
        first = [s for s in content()["statements"] if s["kind"] == "seed"]
        conversation, key = create_conversation(
            question=content()["question"],
            rules=Rules(vote="open", open_counts=True, grace_s=GRACE_S).document(),
            seeds=[(s["text"], s["lang"]) for s in first],
            at=at,
            conference=conference,
            simulated=True,
        )
        _statements(conversation, at)
        _voices(conversation, seats)
    sitting.open_vote_round(code=conversation.code, at=at, pem=pem)
    return {"slug": slug, "code": conversation.code, "key": key, "conference_key": conference_key}


def _free_slug(wanted: str) -> str:
    slug, number = wanted, 1
    while Conference.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{wanted}-{number}"
    return slug


def _programme(conference: Conference, at: datetime) -> None:
    for order, item in enumerate(content()["conference"]["programme"]):
        Session.objects.create(
            conference=conference,
            order=order,
            starts_at=at + timedelta(minutes=item["minutes"]),
            kind=item["kind"],
            title=item["title"],
            speaker=item["speaker"],
        )


def _registrations(conference: Conference, at: datetime) -> int:
    """Simulated people with seats; they have no address, so nothing is sent to anybody."""
    asks = [Ask(f"simulated-{number}", "hall", source="simulated") for number in range(1, IN_THE_HALL + 1)]
    together(conference.slug, at, [(_seated(ask), ask) for ask in asks])
    made = list(conference.registrations.all())
    for own in made:
        own.name = f"simulated {own.seq}"
    Registration.objects.bulk_update(made, ["name"])
    return IN_THE_HALL


def _seated(ask: Ask) -> Callable[[Book, Known], Registration]:
    return lambda book, known: vouch(book, claim(book, ask, known).registration, by="simulated")


def _statements(conversation: Conversation, at: datetime) -> None:
    for one in content()["statements"]:
        if one["kind"] != "seed":
            add_statement(conversation, one["text"], one["lang"], "participant", state=Statement.State.ACCEPTED)
    for one in content()["waiting"]:
        add_statement(conversation, one["text"], one["lang"], "participant", state=Statement.State.WAITING, at=at)
    touch(conversation)


def _voices(conversation: Conversation, seats: int) -> None:
    # Each simulated voice stands for one code, as a real one would.
    Conversation.objects.filter(pk=conversation.pk).update(codes_issued=seats + ONLINE)
    Voice.objects.bulk_create(
        Voice(
            id=secrets.randbelow(ROW_NUMBERS),
            conversation=conversation,
            channel="hall" if number < seats else "online",
            origin="simulated",
        )
        for number in range(seats + ONLINE)
    )


def add_lines(conversation: Conversation) -> None:
    """The lines simulated people propose after the first round."""
    numbers = dict(conversation.statements.values_list("text", "number"))
    texts = [s["text"] for s in content()["statements"]]
    with transaction.atomic():
        for line in content()["lines"]:
            if line["text"] not in numbers:
                cites = [numbers[texts[c]] for c in line["cites"]]
                add_statement(
                    conversation,
                    line["text"],
                    line["lang"],
                    Statement.Kind.LINE,
                    state=Statement.State.ACCEPTED,
                    cites=cites,
                )
        touch(conversation)
