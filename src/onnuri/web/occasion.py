"""A conference as pages show it: its texts, how full it is, the questions on its table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from onnuri.conference import queries
from onnuri.publishing.models import Record
from onnuri.vocabulary import in_language
from onnuri.web import shown
from onnuri.web.consents import registering_shown

if TYPE_CHECKING:
    from onnuri.conference.models import Conference

Content = dict[str, Any]


def conference_shown(found: Conference) -> Content:
    """Texts in the reader's language."""
    texts = {
        name: in_language(getattr(found, name), shown.language())
        for name in ("title", "theme", "organiser", "venue", "summary")
    }
    return {
        "slug": found.slug,
        **texts,
        "date_text": shown.date_text(found.starts_at),
        "starts_text": shown.time_text(found.starts_at),
        "simulated": found.simulated,
        "capacity": found.capacity,
        "doors_text": shown.time_text(found.doors_at),
        "erase_days": found.retention_days,
        "consents": registering_shown(found),
    }


def places_shown(found: Conference) -> Content:
    """How full it is."""
    now = queries.places(found, at=shown.now())
    return {
        "capacity": now.capacity,
        "taken": now.seated,
        "seats_left": now.seats_left,
        "waiting": now.waiting,
        "online": now.online,
        "state": now.state,
        "beyond": now.beyond,
        "moves": now.moves,
        "opens_text": f"{shown.date_text(now.opens_at)} {shown.clock_text(now.opens_at)}".strip(),
        "draw_minutes": found.draw_minutes,
        "draw_ends_text": shown.time_text(now.draw_ends_at),
        "drawing": now.drawing,
        "commitment": now.commitment,
        "erase_days": found.retention_days,
        "hold_minutes": found.hold_minutes,
    }


def clock_shown(found: Conference) -> Content:
    """The server's clock and how long until registration opens."""
    left = 0.0 if found.opens_at is None else max(0.0, (found.opens_at - shown.now()).total_seconds())
    return {"server_text": shown.clock_text(shown.now()), "opens_in_s": left}


def conversations_shown(found: Conference) -> list[Content]:
    """The questions on the table."""
    published = set(Record.objects.filter(conversation__conference=found).values_list("conversation_id", flat=True))
    return [
        {
            "code": c.code,
            "title": in_language(c.question, shown.language()),
            "state_name": _(shown.SEGMENT_NAMES[c.segment]),
            "url": f"/c/{c.code}",
            "record_url": f"/r/{c.code}" if c.pk in published else None,
        }
        for c in found.conversations.order_by("pk")
    ]
