"""The first page: a simulated hall in the middle of a round, and what else there is here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from onnuri.conference.models import Conference
from onnuri.conversation.models import Conversation
from onnuri.conversation.rehearsal import REHEARSALS
from onnuri.errors import NotFound
from onnuri.live.simulation import FINISHING
from onnuri.publishing.models import Record
from onnuri.vocabulary import in_language
from onnuri.web import shown
from onnuri.web.opinion_map import map_content
from onnuri.web.page import page
from onnuri.web.voices import SIGNER, voice_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from onnuri.conversation.models import Statement

Content = dict[str, Any]
STEPS: Sequence[str] = ("round", "where", "lines", "shortlist", "slate", "ratification", "published")


def home(request: HttpRequest) -> HttpResponse:
    """The landing page."""
    content = {
        "sample": _sample(request),
        "conferences": [
            {
                "slug": c.slug,
                "title": in_language(c.title, shown.language()),
                "url": f"/e/{c.slug}",
                "date_text": shown.date_text(c.starts_at),
                "series": in_language(c.series.title, shown.language()) if c.series else "",
                "simulated": c.simulated,
            }
            for c in Conference.objects.select_related("series").order_by("-created_at")[:20]
        ],
        "conversations": [
            {
                "code": c.code,
                "title": in_language(c.question, shown.language()),
                "state_name": _(shown.SEGMENT_NAMES[c.segment]),
                "url": f"/c/{c.code}",
                "simulated": c.simulated,
            }
            for c in Conversation.objects.exclude(REHEARSALS).order_by("-created_at")[:20]
        ],
    }
    if request.path.endswith(".json"):
        return JsonResponse({"ok": True, **{k: v for k, v in content.items() if k != "sample"}})
    return page(request, "public/landing.html", content)


def _newest_sample() -> Conversation | None:
    return (
        Conversation.objects.select_related("conference")
        .filter(simulated=True, conference__isnull=False)
        .order_by("-created_at")
        .first()
    )


def _sample(request: HttpRequest) -> Content | None:
    """Everything the three frames show."""
    sample = _newest_sample()
    if sample is None:
        return None
    turnout = shown.turnout(sample)
    record = Record.objects.filter(conversation=sample).first()
    now = sample.rounds.last()
    is_open = sample.segment == "round" and now is not None
    statements = _unanswered(request, sample) if is_open else []
    card = statements[0] if statements else None
    ticket = SIGNER.round_ticket(sample.pk, now.number) if now is not None and is_open else ""
    deck = [{"id": s.number, "text": s.text, "lang": s.lang} for s in statements]
    steps = _steps(sample)
    reached = next((i for i, s in enumerate(steps) if s["state"] == "now"), len(steps))
    finishing = sample.code in FINISHING and record is None
    return {
        "conversation": shown.conversation_shown(sample),
        "segment": sample.segment,
        "segment_name": _(shown.SEGMENT_NAMES[sample.segment]),
        "card": {"id": card.number, "text": card.text, "lang": card.lang, "kind": card.kind}
        if card is not None
        else None,
        "left": len(deck),
        "round_ticket": ticket,
        "deck": json.dumps(
            {
                "round": now.number if now else 0,
                "round_ticket": ticket,
                "statements": deck,
                "total": len(deck),
                "left": len(deck),
            },
            ensure_ascii=False,
        ),
        "round": {"number": now.number if now else 0},
        "turnout": turnout,
        "seats": {
            "capacity": sample.conference.capacity if sample.conference else 150,
            "taken": turnout["hall"]["joined"],
            "said": turnout["hall"]["answered"],
        },
        "map": None if is_open else _drawn(sample),
        "steps": steps,
        "closes_in": shown.closes_in(sample),
        "host_url": _host_url(request, sample),
        "record_url": f"/r/{sample.code}" if record is not None else None,
        "digest": record.digest if record is not None else None,
        "finishing": finishing,
        "progress": {"step": reached, "total": len(steps), "name": steps[min(reached, len(steps) - 1)]["name"]}
        if finishing
        else None,
    }


def _host_url(request: HttpRequest, sample: Conversation) -> str:
    """The desk of the sample, with its key for whoever sits at this very machine."""
    made = settings.FOLDER.sample()
    forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP"))
    at_home = not forwarded and request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"}
    key = f"?key={made['key']}" if made and made["code"] == sample.code and at_home else ""
    return f"/host/c/{sample.code}{key}"


def _drawn(sample: Conversation) -> Content | None:
    """After a round the seats' dots gather by likeness: the same people, now as a map."""
    drawn = map_content(sample, None)
    return drawn if drawn["landscape"] else None


def _unanswered(request: HttpRequest, sample: Conversation) -> list[Statement]:
    voice = voice_of(request, sample)
    accepted = sample.statements.filter(state="accepted").order_by("number")
    return list(accepted if voice is None else accepted.exclude(votes__voice=voice))


def _steps(sample: Conversation) -> list[Content]:
    names = {**shown.SEGMENT_NAMES, "lines": _("문안 투표")}
    rounds = sample.rounds.count()
    where = {
        "lobby": 0,
        "round": 0 if rounds < 2 else 2,  # noqa: PLR2004 - the second round is the one with lines
        "where": 1 if rounds < 2 else 2,  # noqa: PLR2004
        "shortlist": 3,
        "slate": 4,
        "ratification": 5,
        "result": 6,
        "published": 7,
    }
    kinds = {"vote": 1 if rounds < 2 else 2, "shortlist": 4, "ratification": 6}  # noqa: PLR2004
    last = sample.rounds.last()
    now = where.get(sample.segment, kinds.get(last.kind, 0) if last else 0)
    return [
        {"name": _(names[key]), "state": "over" if i < now else "now" if i == now else "next"}
        for i, key in enumerate(STEPS)
    ]


@require_POST
def finish(_request: HttpRequest) -> HttpResponse:
    """Let the simulated people play the sitting to its end."""
    sample = _newest_sample()
    if sample is None:
        raise NotFound("not_found")
    FINISHING.add(sample.code)
    return redirect("public:home")
