"""The console's other keys: what stands between rounds, the big screen, the clock, questions, the queue."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from onnuri.conversation import actions, asking, deciding, interludes
from onnuri.conversation.round import LONGEST_TIMER_S
from onnuri.errors import BadRequest, NotFound, Unprocessable
from onnuri.web import shown
from onnuri.web.host.between import MADE_HERE
from onnuri.web.host.console import pressed, required_host
from onnuri.web.page import number_in
from onnuri.web.person import actor_of

if TYPE_CHECKING:
    from onnuri.conversation.models import Conversation

LONGEST_MINUTES = 180


@require_POST
def make(request: HttpRequest, code: str) -> HttpResponse:
    """Prepare a talk, question time, reading the map or drafting; a poll has a page of its own."""
    conversation = required_host(request, code)
    return pressed(request, code, lambda: interludes.prepare(code=code, **_made_of(request, conversation)))


def _made_of(request: HttpRequest, conversation: Conversation) -> dict[str, Any]:
    kind = request.POST.get("kind", "")
    if kind not in MADE_HERE:
        raise Unprocessable("interlude_kind", field="kind")
    if session := number_in(request.POST.get("session", "")):
        return {"kind": kind, **_of_programme(conversation, session)}
    lang = shown.language()
    return {
        "kind": kind,
        "title": {lang: request.POST.get("title", "")},
        "speaker": {lang: request.POST.get("speaker", "")},
    }


def _of_programme(conversation: Conversation, session: int) -> dict[str, Any]:
    sessions = conversation.conference.sessions if conversation.conference is not None else None
    found = sessions.filter(pk=session).first() if sessions is not None else None
    if found is None:
        raise NotFound("session_unknown")
    return {"title": found.title, "speaker": found.speaker or {}}


@require_POST
def one(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Put one on, with or without a clock; or take back what was never on."""
    required_host(request, code)

    def do() -> None:
        match request.POST.get("act"):
            case "put_on":
                minutes = number_in(request.POST.get("minutes", ""), most=LONGEST_MINUTES) or 0
                at = shown.now()
                closes_at = at + timedelta(minutes=minutes) if minutes else None
                interludes.put_on(code=code, number=number, at=at, closes_at=closes_at)
            case "discard":
                interludes.discard(code=code, number=number)
            case _:
                raise BadRequest("method")

    return pressed(request, code, do)


@require_POST
def take_off(request: HttpRequest, code: str) -> HttpResponse:
    """End what is on."""
    required_host(request, code)
    return pressed(request, code, lambda: interludes.take_off(code=code, at=shown.now()))


@require_POST
def timer(request: HttpRequest, code: str) -> HttpResponse:
    """Minutes more, so many from now, or no clock: of the open round, else of what is on between rounds."""
    conversation = required_host(request, code)

    def do() -> None:
        minutes = number_in(request.POST.get("more", "") or request.POST.get("minutes", ""), most=LONGEST_TIMER_S)
        if minutes is None:
            raise Unprocessable("setting", field="minutes", least=0, most=LONGEST_TIMER_S // 60)
        round_open = conversation.rounds.filter(closed_at__isnull=True).exists()
        act = actions.set_timer if round_open else interludes.set_timer
        act(code=code, at=shown.now(), seconds=60 * minutes, anew="more" not in request.POST)

    return pressed(request, code, do)


@require_POST
def screen(request: HttpRequest, code: str) -> HttpResponse:
    """What the big screen shows; "follow" = what is on."""
    required_host(request, code)
    chosen = request.POST.get("screen", "")
    kept = "" if chosen == "follow" else chosen or "?"
    return pressed(request, code, lambda: interludes.choose_screen(code=code, screen=kept))


@require_POST
def questions(request: HttpRequest, code: str) -> HttpResponse:
    """The next question, or none any more, on the big screen."""
    required_host(request, code)

    def do() -> None:
        match request.POST.get("act"):
            case "next":
                asking.show_next(code=code, at=shown.now())
            case "no_more":
                asking.show(code=code, number=None, at=shown.now())
            case _:
                raise BadRequest("method")

    return pressed(request, code, do)


@require_POST
def question(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Show a question, say that it was answered or was not, or have it read again."""
    required_host(request, code)

    def do() -> None:
        at = shown.now()
        match request.POST.get("act"):
            case "show":
                asking.show(code=code, number=number, at=at)
            case "answered":
                asking.mark_answered(code=code, number=number, answered=True, at=at)
            case "not_answered":
                asking.mark_answered(code=code, number=number, answered=False, at=at)
            case "bring_back":
                asking.bring_back(code=code, number=number, at=at)
            case _:
                raise BadRequest("method")

    return pressed(request, code, do)


@require_POST
def decide_on(request: HttpRequest, code: str, kind: str, number: int) -> HttpResponse:
    """Publish or refuse what waits in the queue."""
    required_host(request, code)
    accept = request.POST.get("decision") == "accept"
    reason, checked = request.POST.get("reason", ""), request.POST.get("source_checked") == "1"
    return pressed(
        request,
        code,
        lambda: deciding.decide(
            code=code,
            kind=kind,
            number=number,
            accept=accept,
            reason=reason,
            source_checked=checked,
            who=actor_of(request),
            at=shown.now(),
        ),
    )
