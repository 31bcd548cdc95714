"""Who helps to run a conference: roles given by e-mail, and what everybody did with their rights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from onnuri.conference.models import Role
from onnuri.conference.sheets import csv_pieces
from onnuri.conference.staff import give_role, staff, take_role
from onnuri.errors import NotFound, Refusal
from onnuri.people.inviting import invited
from onnuri.people.models import AuditEntry
from onnuri.web import shown
from onnuri.web.account.letters import ROLE_NAMES, queue
from onnuri.web.accounts import account_of, name_of
from onnuri.web.audit import ALSO, act_name
from onnuri.web.host.entered import desk_page, required
from onnuri.web.page import error_content, number_in

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from onnuri.conference.models import Conference
    from onnuri.people.models import Account

A_PAGE: Final = 50
OPENS: Final = {
    Role.Kind.ORGANISER: gettext_noop("이 컨퍼런스의 모든 화면"),
    Role.Kind.HOST: gettext_noop("진행 화면과 검토"),
    Role.Kind.MODERATOR: gettext_noop("올라온 글의 검토"),
    Role.Kind.DOOR: gettext_noop("문의 체크인 화면"),
}


def people(request: HttpRequest, slug: str) -> HttpResponse:
    """Everybody with a role; one more by e-mail; one less."""
    found = required(request, slug)
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            _change(request, found)
            return redirect("host:people", slug)
        except Refusal as problem:
            refusal = problem
    content: dict[str, Any] = {
        "people": [_shown(one, account_of(request)) for one in staff(found)],
        "kinds": [{"key": k.value, "name": _(ROLE_NAMES[k]), "opens": _(OPENS[k])} for k in Role.Kind],
        "given": {"email": request.POST.get("email", ""), "kind": request.POST.get("kind", "moderator")},
        "error": error_content(refusal) if refusal else None,
    }
    return desk_page(request, "people", "people", found, content, refusal.status if refusal else 200)


def _change(request: HttpRequest, found: Conference) -> None:
    if request.POST.get("act") == "take":
        number = number_in(request.POST.get("role", ""))
        if number is None:
            raise NotFound("role_unknown")
        _also(request, take_role(found, number).account, "")
        return
    at, kind = shown.now(), request.POST.get("kind", "")
    account = invited(request.POST.get("email", ""), language=request.LANGUAGE_CODE, at=at)
    _also(request, account, kind)
    if give_role(found, account, kind, at=at):
        about = {"account": account.pk, "slug": found.slug, "kind": kind}
        language = account.language or request.LANGUAGE_CODE
        queue("account_invited", to=account.email, about=about, language=language, at=at)


def _also(request: HttpRequest, account: Account, kind: str) -> None:
    setattr(request, ALSO, {"to": name_of(account), "kind": kind})


def _shown(one: Role, me: object) -> dict[str, Any]:
    account = one.account
    return {
        "role": one.pk,
        "name": name_of(account),
        "email": account.email,
        "kind": _(ROLE_NAMES[Role.Kind(one.kind)]),
        "me": account == me,
        "waits": not account.has_usable_password() and not account.confirmed_by,
        "suspended": not account.is_active,
    }


def audit_log(request: HttpRequest, slug: str) -> HttpResponse:
    """What was done in this conference and its conversations, the newest first."""
    found = required(request, slug)
    entries = _entries(found)
    if request.GET.get("as") == "csv":
        return _as_csv(entries, slug)
    pages = Paginator(entries, A_PAGE)
    one = pages.get_page(request.GET.get("page"))
    content = {"page": one, "count": pages.count, "entries": [_line(e) for e in one], "query": ""}
    return desk_page(request, "audit", "audit", found, content)


def _entries(found: Conference) -> QuerySet[AuditEntry]:
    codes = [f"c/{code}" for code in found.conversations.values_list("code", flat=True)]
    return AuditEntry.objects.filter(Q(topic=f"e/{found.slug}") | Q(topic__in=codes)).select_related("account")


def _line(entry: AuditEntry) -> dict[str, Any]:
    number = entry.about.get("number")
    return {
        "at_text": f"{shown.date_text(entry.at)} {shown.clock_text(entry.at)}",
        "who": entry.who or _("링크로 들어온 사람"),
        "by_link": entry.account_id is None,
        "act": act_name(entry.act),
        "where": entry.topic.partition("/")[2],
        "number": number,
        "to": entry.about.get("to", ""),
        "reason": _(shown.REASON_NAMES[r]) if (r := entry.about.get("reason")) in shown.REASON_NAMES else "",
    }


def _as_csv(entries: QuerySet[AuditEntry], slug: str) -> HttpResponse:
    head = ("at", "who", "account", "act", "topic", "about")
    rows = (
        (
            e.at.isoformat(timespec="seconds"),
            e.who,
            e.account.email if e.account else "",
            e.act,
            e.topic,
            " ".join(f"{name}={value}" for name, value in sorted(e.about.items())),
        )
        for e in entries
    )
    answer = HttpResponse(b"".join(csv_pieces([head, *rows])), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="audit-{slug}.csv"'
    return answer
