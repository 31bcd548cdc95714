"""What is held of a registration or an account: taken along and erased by whoever it belongs to."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from onnuri import privacy
from onnuri.conference.privacy import erase_registration
from onnuri.conference.queries import registration_by_claim
from onnuri.errors import Refusal, Unprocessable
from onnuri.people.models import Account
from onnuri.web.own_data import as_file, counts_of
from onnuri.web.page import error_content, page
from onnuri.web.public.places import require_own_site

ACCOUNT_KINDS: Final = {
    "roles": gettext_noop("맡은 역할"),
    "comments": gettext_noop("댓글"),
    "reactions": gettext_noop("공감"),
    "reports": gettext_noop("신고"),
    "blocks": gettext_noop("차단"),
    "appeals": gettext_noop("이의 제기"),
    "rights_requests": gettext_noop("권리 침해 알림"),
    "acts": gettext_noop("권한으로 한 일"),
}


def registration(_request: HttpRequest, slug: str, claim: str) -> HttpResponse:
    """Everything of a claim, for whoever has its link."""
    return as_file(privacy.export_of_registration(registration_by_claim(slug, claim)), f"onnuri-{slug}.json")


# Like every form of a ticket: no form token, so that its page sets no cookie.
@csrf_exempt
@require_POST
def erase_claim(request: HttpRequest, slug: str, claim: str) -> HttpResponse:
    """Erase who it was, when there is no place any more."""
    require_own_site(request)
    erase_registration(slug=slug, claim=claim)
    return redirect("public:ticket", slug, claim)


def account(request: HttpRequest) -> HttpResponse:
    """What an account holds; erasing it asks once."""
    if not isinstance(request.user, Account):
        return redirect(f"{settings.LOGIN_URL}?next={request.path}")
    error, status = None, 200
    if request.method == "POST":
        try:
            if not request.POST.get("sure"):
                raise Unprocessable("erase_sure", field="sure")
            privacy.erase_account(request.user)
            logout(request)
            return redirect("public:home")
        except Refusal as refusal:
            error, status = error_content(refusal), refusal.status
    counts = counts_of(privacy.export_of_account(request.user))
    content = {
        "email": request.user.email,
        "alias": request.user.alias,
        "kinds": [{"name": _(name), "count": counts[what]} for what, name in ACCOUNT_KINDS.items()],
        "error": error,
    }
    return page(request, "public/account_data.html", content, status=status)


def account_file(request: HttpRequest) -> HttpResponse:
    """The same in full."""
    if not isinstance(request.user, Account):
        return redirect(f"{settings.LOGIN_URL}?next={request.path}")
    return as_file(privacy.export_of_account(request.user), "onnuri-account.json")
