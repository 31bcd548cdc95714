"""One's own account: the name, the language, what one may open, and the way out everywhere."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from onnuri.conference.actions import create_conference
from onnuri.conference.changes import LARGEST_HALL
from onnuri.conference.editing import checked_slug
from onnuri.conference.models import Role
from onnuri.conference.staff import give_role
from onnuri.errors import Forbidden, Refusal, Unprocessable
from onnuri.vocabulary import in_language
from onnuri.web import shown
from onnuri.web.account import names
from onnuri.web.account.adapter import remember_language
from onnuri.web.account.letters import ROLE_NAMES
from onnuri.web.accounts import required_account
from onnuri.web.page import error_content, number_in

if TYPE_CHECKING:
    from onnuri.people.models import Account


def home(request: HttpRequest) -> HttpResponse:
    """Everything of one's account."""
    return _home(request, required_account(request), None)


def _home(request: HttpRequest, account: Account, refusal: Refusal | None) -> HttpResponse:
    content = {
        "account": account,
        "roles": [_role(one) for one in account.roles.select_related("conference").order_by("-conference_id", "kind")],
        "languages": [{"code": code, "name": name} for code, name in settings.LANGUAGES],
        "language": account.language or request.LANGUAGE_CODE,
        "longest": names.LONGEST,
        "error": error_content(refusal) if refusal else None,
        "given": request.POST,
    }
    return render(request, "account/home.html", content, status=refusal.status if refusal else 200)


def _role(one: Role) -> dict[str, Any]:
    conference = one.conference
    return {
        "conference": in_language(conference.title, shown.language()) or conference.slug,
        "name": _(ROLE_NAMES[Role.Kind(one.kind)]),
        "kind": one.kind,
        "slug": conference.slug,
        "codes": list(conference.conversations.values_list("code", flat=True)),
    }


def name(request: HttpRequest) -> HttpResponse:
    """The name others see, asked once after the first sign-in; later it is changed here too."""
    account = required_account(request)
    onward = request.POST.get("next") or request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(onward, {request.get_host()}, require_https=request.is_secure()):
        onward = "/account/"
    content = {"next": onward, "longest": names.LONGEST, "error": None, "first": not account.alias}
    written = account.alias or names.suggested(random.SystemRandom())
    if request.method == "POST":
        written = request.POST.get("alias", "")
        try:
            names.choose(account, written)
        except Refusal as refusal:
            content |= {"alias": written, "error": error_content(refusal)}
            return render(request, "account/name.html", content, status=refusal.status)
        return redirect(onward)
    return render(request, "account/name.html", {**content, "alias": written})


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """In which language letters come and pages open."""
    account = required_account(request)
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        return _home(request, account, Unprocessable("language", field="language", lang=chosen))
    account.language = chosen
    account.save(update_fields=["language"])
    answer = redirect("account_home")
    remember_language(answer, chosen, secure=request.is_secure())
    return answer


@require_POST
def sign_out_elsewhere(request: HttpRequest) -> HttpResponse:
    """Every other device is signed out at once: a lost phone, a borrowed computer."""
    account = required_account(request)
    for one in Session.objects.filter(expire_date__gt=shown.now()).exclude(session_key=request.session.session_key):
        if one.get_decoded().get("_auth_user_id") == str(account.pk):
            one.delete()
    messages.success(request, _("다른 기기에서는 모두 로그아웃됐어요."))
    return redirect("account_home")


@require_POST
def new_conference(request: HttpRequest) -> HttpResponse:
    """An organiser of this installation sets up a conference, and runs it."""
    account = required_account(request)
    if not account.is_organiser:
        raise Forbidden("organisers_only")
    try:
        slug = _made(request, account)
    except Refusal as refusal:
        return _home(request, account, refusal)
    return redirect("host:conference", slug)


def _made(request: HttpRequest, account: Account) -> str:
    seats = number_in(request.POST.get("seats", ""), most=LARGEST_HALL)
    if not seats:
        raise Unprocessable("seats", field="seats", most=LARGEST_HALL)
    title = request.POST.get("title", "").strip()
    if not title:
        raise Unprocessable("title_needed", field="title")
    slug = checked_slug(request.POST.get("slug", ""), field="slug")
    at = shown.now()
    made, _key = create_conference(slug=slug, title={shown.language(): title}, capacity=seats, at=at)
    give_role(made, account, Role.Kind.ORGANISER, at=at)
    return made.slug
