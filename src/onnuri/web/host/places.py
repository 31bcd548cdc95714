"""The hall and the rules of its places: capacity, settings, closing, invitations."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from onnuri.conference import actions
from onnuri.conference.organising import SETTINGS, fixed, foresee, invite_many, set_rules
from onnuri.errors import BadRequest, Refusal, Unprocessable
from onnuri.web import shown
from onnuri.web.host.entered import desk_page, remember_who, required
from onnuri.web.occasion import places_shown
from onnuri.web.page import error_content, number_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from onnuri.conference.models import Conference

Content = dict[str, Any]

LABELS: Final = {
    "hold_minutes": (
        gettext_noop("양식을 쓰는 동안 맡아 두기"),
        gettext_noop("자리를 먼저 잡고 이름은 그다음에 씁니다. 이 시간이 지나면 다음 사람에게 갑니다."),
        gettext_noop("분"),
    ),
    "mail_minutes": (
        gettext_noop("메일을 확인하는 동안 맡아 두기"),
        gettext_noop("이메일을 적은 때부터 셉니다. 확인하면 입장권이 나갑니다."),
        gettext_noop("분"),
    ),
    "offer_hours": (
        gettext_noop("자리 제안을 받아들일 시간"),
        gettext_noop("행사까지 남은 시간의 4분의 1을 넘지 않습니다. 지나면 줄의 다음 사람에게 갑니다."),
        gettext_noop("시간"),
    ),
    "party_limit": (
        gettext_noop("한 번에 함께 등록할 수 있는 사람"),
        gettext_noop("일행은 나뉘지 않고, 줄에서도 앞사람을 지나치지 않습니다."),
        gettext_noop("명까지"),
    ),
    "release_minutes": (
        gettext_noop("시작 전 빈자리 넘기기"),
        gettext_noop("시작하기 이만큼 전에 오지 않은 사람의 자리를 줄 순서대로 넘깁니다."),
        gettext_noop("분"),
    ),
    "draw_minutes": (
        gettext_noop("추첨"),
        gettext_noop("0이면 온 순서대로입니다. 아니면 연 뒤 이만큼 동안 온 사람을 모두 추첨합니다."),
        gettext_noop("분"),
    ),
    "retention_days": (
        gettext_noop("끝난 뒤 이름을 지울 때까지"),
        gettext_noop("이름, 이메일, 도움 요청이 저절로 지워집니다. 순서와 자리는 이름 없이 남습니다."),
        gettext_noop("일"),
    ),
}
DATES: Final = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S")


def rules(request: HttpRequest, slug: str) -> HttpResponse:
    """All of it on one page; each part is a form of its own."""
    found = required(request, slug)
    if request.method != "POST":
        return _page(request, found, None)
    part = FORMS.get(request.POST.get("form", ""))
    if part is None:
        raise BadRequest("method")
    try:
        return remember_who(request, part(request, found))
    except Refusal as refusal:
        return _page(request, found, refusal)


def _page(
    request: HttpRequest, found: Conference, refusal: Refusal | None, codes: list[str] | None = None
) -> HttpResponse:
    form = request.POST.get("form", "") if refusal else ""
    content = {
        "places": places_shown(found),
        **_capacity(request, found),
        "fields": _fields(found, request.POST.dict() if form == "rules" else {}),
        "opens": _opens(found, request.POST.get("opens_at") if form == "rules" else None),
        "zone": settings.TIME_ZONE,
        "closed_text": f"{shown.date_text(found.closed_at)} {shown.clock_text(found.closed_at)}".strip(),
        "invitations": list(
            found.invitations.values("note").annotate(codes=Count("pk"), left=Sum("uses_left")).order_by("note")
        ),
        "codes": codes,
        "reason": request.POST.get("reason", "") if refusal else "",
        "invite": {name: request.POST.get(name, "") for name in ("count", "uses", "note")} if form == "invite" else {},
        "form": form,
        "saved": request.GET.get("saved", "") if request.GET.get("saved") in FORMS else "",
    }
    if refusal is not None:
        content["error"] = error_content(refusal)
    return desk_page(request, "places", "places", found, content, refusal.status if refusal else 200)


# ---- capacity


def _capacity(request: HttpRequest, found: Conference) -> Content:
    wanted = request.POST.get("capacity") or request.GET.get("capacity")
    if wanted is None:
        return {"wanted": found.capacity, "foreseen": None}
    try:
        told = foresee(found, number_in(wanted, most=10**6) or 0, at=shown.now())
    except Refusal as refusal:
        return {"wanted": wanted, "foreseen": None, "error": error_content(refusal)}
    return {"wanted": wanted, "foreseen": told}


def _set_capacity(request: HttpRequest, found: Conference) -> HttpResponse:
    actions.set_capacity(
        found.slug,
        number_in(request.POST.get("capacity", ""), most=10**6) or 0,
        who=request.POST.get("who", ""),
        reason=request.POST.get("reason", ""),
        at=shown.now(),
    )
    return _saved(found, "capacity")


# ---- settings


def _fields(found: Conference, told: dict[str, str]) -> list[Content]:
    closed = fixed(found, shown.now())
    return [
        {
            "name": one.name,
            "label": _(LABELS[one.name][0]),
            "why": _(LABELS[one.name][1]),
            "unit": _(LABELS[one.name][2]),
            "value": told.get(one.name, getattr(found, one.name)),
            "least": one.least,
            "most": one.most,
            "fixed": one.name in closed,
        }
        for one in SETTINGS
    ]


def _opens(found: Conference, told: str | None) -> Content:
    stored = timezone.localtime(found.opens_at).strftime("%Y-%m-%dT%H:%M") if found.opens_at else ""
    return {
        "value": stored if told is None else told,
        "text": f"{shown.date_text(found.opens_at)} {shown.clock_text(found.opens_at)}".strip(),
        "fixed": "opens_at" in fixed(found, shown.now()),
    }


def _set_rules(request: HttpRequest, found: Conference) -> HttpResponse:
    numbers = {}
    closed = fixed(found, shown.now())
    for one in SETTINGS:
        told = request.POST.get(one.name)
        number = getattr(found, one.name) if told is None and one.name in closed else number_in(told or "")
        if number is None:
            raise Unprocessable("setting", field=one.name, least=one.least, most=one.most)
        numbers[one.name] = number
    opens_at = found.opens_at if "opens_at" in closed else _time_in(request.POST.get("opens_at", ""), found.opens_at)
    set_rules(found.slug, numbers, opens_at, at=shown.now())
    return _saved(found, "rules")


def _time_in(written: str, stored: datetime | None) -> datetime | None:
    written = " ".join(written.split())
    if not written:
        return None
    # The field knows minutes; an opening set to the second stays as it is while nobody touches it.
    if stored is not None and written == timezone.localtime(stored).strftime("%Y-%m-%dT%H:%M"):
        return stored
    for form in DATES:
        try:
            return datetime.strptime(written, form).replace(tzinfo=timezone.get_default_timezone())
        except ValueError:
            continue
    raise Unprocessable("setting_time", field="opens_at")


# ---- closing, invitations


def _close(request: HttpRequest, found: Conference) -> HttpResponse:
    if not request.POST.get("sure"):
        raise Unprocessable("erase_sure", field="sure")
    actions.close_registration(found.slug, at=shown.now())
    return _saved(found, "close")


def _invite(request: HttpRequest, found: Conference) -> HttpResponse:
    codes = invite_many(
        found.slug,
        count=number_in(request.POST.get("count", "")) or 0,
        uses=number_in(request.POST.get("uses", "")) or 0,
        note=request.POST.get("note", ""),
    )
    # Shown in this answer and never again: only digests stay.
    return _page(request, found, None, codes)


def _saved(found: Conference, part: str) -> HttpResponse:
    answer = redirect("host:places", found.slug)
    answer["Location"] += f"?saved={part}#{part}"
    return answer


FORMS: Final[dict[str, Callable[[HttpRequest, Conference], HttpResponse]]] = {
    "capacity": _set_capacity,
    "rules": _set_rules,
    "close": _close,
    "invite": _invite,
}
