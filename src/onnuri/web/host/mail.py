"""The organiser's view of the mail: what went out, what waits, what came back. Links and codes stay in the letters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from onnuri.conference import queries
from onnuri.errors import BadRequest, Conflict, Forbidden, NotFound
from onnuri.live import postman
from onnuri.live.smtp import is_told_on_console
from onnuri.people.models import Mail
from onnuri.web import shown
from onnuri.web.occasion import conference_shown
from onnuri.web.page import number_in, page
from onnuri.web.voices import enter_as_host, host_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from onnuri.conference.models import Conference

Content = dict[str, Any]
MOST: Final = 200
STATE_NAMES: Final = {
    "queued": gettext_noop("보낼 차례"),
    "sending": gettext_noop("보내는 중"),
    "retry": gettext_noop("다시 보낼 예정"),
    "sent": gettext_noop("보냄"),
    "failed": gettext_noop("보내지 못함"),
    "dropped": gettext_noop("보낼 까닭이 지남"),
}
KIND_NAMES: Final = {
    "confirm": gettext_noop("주소 확인"),
    "ticket": gettext_noop("입장권"),
    "offer": gettext_noop("자리가 남"),
    "lapsed": gettext_noop("시간이 지남"),
    "drawn": gettext_noop("추첨 결과"),
    "seated": gettext_noop("자리를 드림"),
    "cancelled": gettext_noop("자리를 내놓음"),
    "released": gettext_noop("자리를 넘김"),
}


def mail(request: HttpRequest, slug: str) -> HttpResponse:
    """Counts, and the last letters, of one state if one is asked for."""
    found = queries.conference_by_slug(slug)
    if request.method == "POST":
        return _again(request, found)
    return enter_as_host("e", found, request, lambda: page(request, "host/mail.html", _content(request, found)))


def _again(request: HttpRequest, found: Conference) -> HttpResponse:
    """Send one that failed, or all of them, again."""
    if not host_of("e", found, request):
        raise Forbidden("host_only")
    which = request.POST.get("mail", "")
    letters = _of(found)
    if which == "failed":
        postman.again(letters, shown.now())
    elif (number := number_in(which)) is None:
        raise BadRequest("mail_which")
    elif not letters.filter(pk=number).exists():
        raise NotFound("mail_which")
    elif not postman.again(letters.filter(pk=number), shown.now()):
        raise Conflict("mail_not_failed")
    return redirect("host:mail", found.slug)


def _of(found: Conference) -> QuerySet[Mail]:
    return Mail.objects.filter(topic=f"e/{found.slug}")


def _content(request: HttpRequest, found: Conference) -> Content:
    counts = dict(_of(found).order_by().values_list("state").annotate(Count("pk")))
    state = request.GET.get("state", "")
    chosen = _of(found).filter(state=state) if state in STATE_NAMES else _of(found)
    letters = list(chosen.order_by("-pk")[:MOST])
    claims = {m.about.get("claim") for m in letters}
    names = dict(found.registrations.filter(claim__in=claims).values_list("claim", "name"))
    return {
        "conference": conference_shown(found),
        "on_console": is_told_on_console(),
        "trouble": _trouble(found),
        "states": [
            {"key": key, "name": _(name), "count": counts.get(key, 0), "chosen": key == state}
            for key, name in STATE_NAMES.items()
        ],
        "all": {"count": sum(counts.values()), "chosen": state not in STATE_NAMES},
        "most": MOST,
        "more": chosen.count() > MOST,
        "letters": [_shown(m, names.get(m.about.get("claim"), "")) for m in letters],
        "failed": counts.get("failed", 0),
        "error": None,
    }


def _trouble(found: Conference) -> str:
    """Why the server takes no letters at all: a letter that waits without an attempt of its own says it."""
    waiting = _of(found).filter(state=Mail.State.RETRY, attempts=0).exclude(problem="")
    return waiting.order_by("-pk").values_list("problem", flat=True).first() or ""


def _shown(letter: Mail, name: str) -> Content:
    return {
        "id": letter.pk,
        "name": name,
        "to": letter.to,
        "kind_name": _(KIND_NAMES[letter.kind]) if letter.kind in KIND_NAMES else letter.kind,
        "state": letter.state,
        "state_name": _(STATE_NAMES[letter.state]),
        "queued_text": _moment(letter.queued_at),
        "sent_text": _moment(letter.sent_at),
        "due_text": shown.time_text(letter.due_at) if letter.state == Mail.State.RETRY else "",
        "attempts": letter.attempts,
        "problem": letter.problem,
    }


def _moment(at: Any) -> str:  # noqa: ANN401 - a time or none
    return f"{shown.date_text(at)} {shown.clock_text(at)}".strip()
