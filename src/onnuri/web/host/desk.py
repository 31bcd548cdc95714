"""The organiser's list of registrations, one registration, and new conversations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST

from onnuri.conference import queries
from onnuri.conference.attendance import name_on
from onnuri.conference.entrance import present
from onnuri.conference.listing import SORTS, SOURCES, Filters, history, letters, listed, positions
from onnuri.conference.models import Registration, Ticket
from onnuri.conference.organising import RefusedOne, act, may, registration_of
from onnuri.conversation.actions import create_conversation
from onnuri.conversation.election import require_no_election
from onnuri.conversation.template import rules_of_policy, seeds_of_template
from onnuri.errors import Refusal, Unprocessable
from onnuri.web import shown
from onnuri.web.host.entered import desk_page, remember_who, required
from onnuri.web.occasion import conversations_shown, places_shown
from onnuri.web.page import error_content, number_in
from onnuri.web.voices import SIGNER, enter_as_host

if TYPE_CHECKING:
    from collections.abc import Mapping

    from onnuri.conference.models import Conference

Content = dict[str, Any]

A_PAGE: Final = 50
ACT_NAMES: Final = {
    "vouch": gettext_noop("확인해 주기"),
    "head": gettext_noop("줄 맨 앞으로"),
    "end": gettext_noop("줄 맨 뒤로"),
    "add": gettext_noop("정원 밖 좌석 주기"),
    "hall": gettext_noop("현장으로"),
    "online": gettext_noop("온라인으로"),
    "again": gettext_noop("메일 다시 보내기"),
    "give_up": gettext_noop("내놓기"),
}
NAMED_ACTS: Final = frozenset({"head", "end", "add"})
"""Counted in public, so somebody says who and why."""
SOURCE_NAMES: Final = {
    "page": gettext_noop("등록 화면"),
    "api": gettext_noop("다른 프로그램"),
    "import": gettext_noop("파일"),
    "desk": gettext_noop("문"),
    "simulated": gettext_noop("시뮬레이션"),
    "late": gettext_noop("늦은 확인"),
}
SORT_NAMES: Final = {
    "seq": gettext_noop("먼저 온 순서"),
    "-seq": gettext_noop("나중에 온 순서"),
    "name": gettext_noop("이름"),
    "line": gettext_noop("줄의 순서"),
    "-claimed": gettext_noop("최근 등록"),
}
CONFIRMED_BY: Final = {
    "link": gettext_noop("메일의 단추로"),
    "code": gettext_noop("초대 코드로"),
    "desk": gettext_noop("주최자가"),
    "import": gettext_noop("파일을 올린 주최자가"),
}
LOG_NAMES: Final = {
    "claim": gettext_noop("등록했어요"),
    "confirm": gettext_noop("확인됐어요"),
    "lapse": gettext_noop("시간이 지났어요"),
    "offer": gettext_noop("자리를 제안했어요"),
    "accept": gettext_noop("자리를 받았어요"),
    "cancel": gettext_noop("자리를 내놓았어요"),
    "to_online": gettext_noop("온라인으로 옮겼어요"),
    "to_hall": gettext_noop("현장으로 옮겼어요"),
    "add": gettext_noop("정원 밖 좌석을 받았어요"),
    "move": gettext_noop("줄에서 옮겼어요"),
    "release": gettext_noop("늦어서 자리를 넘겼어요"),
    "late": gettext_noop("늦게 왔어요"),
}
MAIL_NAMES: Final = {
    "confirm": gettext_noop("주소 확인"),
    "ticket": gettext_noop("입장권"),
    "offer": gettext_noop("자리 제안"),
    "lapsed": gettext_noop("시간이 지났다는 알림"),
    "drawn": gettext_noop("추첨 결과"),
    "cancelled": gettext_noop("내놓기 확인"),
    "seated": gettext_noop("좌석 알림"),
    "released": gettext_noop("늦은 자리 알림"),
}
MAIL_STATES: Final = {
    "queued": gettext_noop("보낼 차례"),
    "sending": gettext_noop("보내는 중"),
    "retry": gettext_noop("다시 보낼 차례"),
    "sent": gettext_noop("보냄"),
    "failed": gettext_noop("보내지 못함"),
    "dropped": gettext_noop("보내지 않음"),
}


# ---- the list


def conference(request: HttpRequest, slug: str) -> HttpResponse:
    """Who has registered, and the conversations of this conference."""
    found = queries.conference_by_slug(slug)
    return enter_as_host("e", found, request, lambda: _list_page(request, found, None))


def _list_page(request: HttpRequest, found: Conference, refusal: Refusal | None) -> HttpResponse:
    filters = Filters.of(request.GET.dict())
    tickets = Prefetch("tickets", Ticket.objects.order_by("part"))
    pages = Paginator(listed(found, filters).prefetch_related(tickets), A_PAGE)
    one = pages.get_page(request.GET.get("page"))
    line = positions(found)
    done = number_in(request.GET.get("done", ""), most=1000)
    content = {
        "places": places_shown(found),
        "filters": filters,
        "asked": filters.ask,
        "choices": _choices(),
        "query": urlencode({k: v for k, v in request.GET.items() if k not in {"done", "did"}}),
        "page": one,
        "count": pages.count,
        "registrations": [_row(request, found, own, line) for own in one],
        "acts": [{"key": key, "name": _(name)} for key, name in ACT_NAMES.items()],
        "act": request.POST.get("act", ""),
        "chosen": set(request.POST.getlist("claim")),
        "reason": request.POST.get("reason", ""),
        "done": done,
        "did": _(ACT_NAMES[did]) if (did := request.GET.get("did", "")) in ACT_NAMES else "",
        "conversations": [{**c, "url": f"/host/c/{c['code']}"} for c in conversations_shown(found)],
        "error": _error(refusal),
    }
    return desk_page(request, "conference", "list", found, content, _cause(refusal).status if refusal else 200)


def _choices() -> Content:
    return {
        "place": [(key, _(name)) for key, name in shown.PLACE_NAMES.items()],
        "source": [(key, _(SOURCE_NAMES[key])) for key in SOURCES],
        "sort": [(key, _(SORT_NAMES[key])) for key in SORTS],
    }


def _error(refusal: Refusal | None) -> Content | None:
    if refusal is None:
        return None
    found = error_content(_cause(refusal))
    if isinstance(refusal, RefusedOne):
        told = _("%(seq)s번: %(why)s 아무것도 바꾸지 않았어요.")
        found["message"] = told % {"seq": refusal.seq, "why": found["message"]}
    return found


def _cause(refusal: Refusal) -> Refusal:
    return refusal.of if isinstance(refusal, RefusedOne) else refusal


def _row(request: HttpRequest, found: Conference, own: Registration, line: Mapping[int, int]) -> Content:
    party = list(own.tickets.all())
    link = own.confirmed_at is None and own.place != Registration.Place.GIVEN_UP
    return {
        "claim": own.claim,
        "seq": own.seq,
        "name": own.name,
        "email": own.email,
        "seats": own.seats,
        "companions": [t.name for t in party if t.part > 1 and t.name],
        "place": own.place,
        "place_name": _(shown.PLACE_NAMES[own.place]),
        "beyond": own.beyond,
        "seat_numbers": [t.seat_number for t in party if t.seat_number is not None],
        "position": line.get(own.pk),
        "confirmed": own.confirmed_at is not None,
        "codes": [t.code for t in party if t.code],
        "needs": own.needs,
        "may": may(own),
        "confirm_url": request.build_absolute_uri(f"/e/{found.slug}/confirm/{own.confirm_token}") if link else None,
    }


@require_POST
def act_on_many(request: HttpRequest, slug: str) -> HttpResponse:
    """One thing to everybody who is chosen in the list, all or none."""
    return _acted(request, required(request, slug), request.POST.getlist("claim"))


def _acted(request: HttpRequest, found: Conference, codes: list[str]) -> HttpResponse:
    what = request.POST.get("act", "")
    try:
        count = _act(request, found, codes, what)
    except Refusal as refusal:
        return _list_page(request, found, refusal)
    kept = {k: v for k, v in request.GET.items() if k not in {"done", "did"}}
    target = f"{reverse('host:conference', args=[found.slug])}?{urlencode({**kept, 'done': count, 'did': what})}"
    return remember_who(request, redirect(target))


def _act(request: HttpRequest, found: Conference, codes: list[str], what: str) -> int:
    who, reason = request.POST.get("who", ""), request.POST.get("reason", "")
    return act(found.slug, codes, what, who=who, reason=reason, at=shown.now())


# ---- one registration


def registration(request: HttpRequest, slug: str, claim: str) -> HttpResponse:
    """Everything of one registration; and what can be done to it."""
    found = required(request, slug)
    if request.method != "POST":
        return _one_page(request, found, claim, None)
    if request.POST.get("page") != "one":
        return _acted(request, found, [claim])
    try:
        _act(request, found, [claim], request.POST.get("act", ""))
    except Refusal as refusal:
        return _one_page(request, found, claim, _cause(refusal))
    return remember_who(request, redirect("host:registration", slug, claim))


def _one_page(request: HttpRequest, found: Conference, claim: str, refusal: Refusal | None) -> HttpResponse:
    own = registration_of(found, claim)
    arrived = present(found)
    can = may(own)
    content = {
        "own": {
            **_row(request, found, own, positions(found)),
            "wish": own.wish,
            "language": own.language,
            "source_name": _(SOURCE_NAMES.get(own.source, own.source)),
            "confirmed_by": _(CONFIRMED_BY.get(own.confirmed_by, "")) if own.confirmed_by else "",
            "confirmed_text": _moment(own.confirmed_at),
            "claimed_text": _moment(own.claimed_at),
            "until_text": _moment(own.hold_until),
            "consents": [name for name, given in own.consents.items() if given],
        },
        "tickets": [
            {
                "part": t.part,
                "name": name_on(t),
                "code": t.code,
                "seat_number": t.seat_number,
                "minted": t.minted,
                "arrived": t.pk in arrived,
                "may_prove": t.pk in arrived and bool(name_on(t)),
            }
            for t in own.tickets.all()
        ],
        "log": [
            {
                "number": e.number,
                "text": _(LOG_NAMES.get(e.act, e.act)),
                "place": _(shown.PLACE_NAMES[e.details["got"]]) if e.details.get("got") in shown.PLACE_NAMES else "",
                "seq": e.seq,
                "at_text": _moment(e.at),
                "who": e.who,
                "reason": e.reason,
            }
            for e in history(own)
        ],
        "mails": [
            {
                "kind_name": _(MAIL_NAMES.get(m.kind, m.kind)),
                "state": m.state,
                "state_name": _(MAIL_STATES[m.state]),
                "at_text": _moment(m.sent_at or m.queued_at),
                "problem": m.problem,
            }
            for m in letters(own)
        ],
        "quick": [{"key": key, "name": _(ACT_NAMES[key])} for key in can if key not in NAMED_ACTS],
        "named": [{"key": key, "name": _(ACT_NAMES[key])} for key in can if key in NAMED_ACTS],
        "reason": request.POST.get("reason", ""),
        "error": error_content(refusal) if refusal else None,
    }
    return desk_page(request, "registration", "list", found, content, refusal.status if refusal else 200)


def _moment(at: Any) -> str:  # noqa: ANN401 - a time or None
    return f"{shown.date_text(at)} {shown.clock_text(at)}".strip()


# ---- conversations


@require_POST
def new_conversation(request: HttpRequest, slug: str) -> HttpResponse:
    """A conversation from the template, with the organiser's question; voices come by ticket."""
    found = required(request, slug)
    question = request.POST.get("question", "")
    try:
        require_no_election([question], is_no_poll=bool(request.POST.get("is_no_poll")), field="question")
    except Unprocessable as refusal:
        content = {"question": question, "error": error_content(refusal)}
        return desk_page(request, "new_conversation", "conference", found, content, refusal.status)
    made, _key = create_conversation(
        question={shown.language(): question},
        rules=rules_of_policy("ticket"),
        seeds=seeds_of_template(shown.language()),
        at=shown.now(),
        conference=found,
    )
    answer = redirect("host:prepare", made.code)
    answer.set_cookie(
        f"host_c_{made.pk}", SIGNER.host("c", made.pk), httponly=True, samesite="Lax", secure=request.is_secure()
    )
    return answer
