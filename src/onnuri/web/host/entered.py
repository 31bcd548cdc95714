"""What every page of the organiser asks first: whose conference it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from django.http import HttpRequest, HttpResponse

from onnuri.conference import queries
from onnuri.errors import Forbidden
from onnuri.web.accounts import WHO, account_of, name_of
from onnuri.web.occasion import conference_shown
from onnuri.web.page import page
from onnuri.web.voices import DAY, host_of

if TYPE_CHECKING:
    from onnuri.conference.models import Conference

Content = dict[str, Any]


def required(request: HttpRequest, slug: str) -> Conference:
    """The conference, for its organiser alone."""
    found = queries.conference_by_slug(slug)
    if not host_of("e", found, request):
        raise Forbidden("host_only")
    return found


def desk_page(
    request: HttpRequest, template: str, here: str, found: Conference, content: Content, status: int = 200
) -> HttpResponse:
    """A page of the desk; `here` marks it in the row of pages."""
    own = {"conference": conference_shown(found), "here": here, "error": None, "who": who_of(request)}
    return page(request, f"host/{template}.html", {**own, **content}, status=status)


def who_of(request: HttpRequest) -> str:
    """Under which name this desk acted last, so that nobody writes it twenty times."""
    told = request.POST.get("who") or unquote(request.COOKIES.get(WHO, ""))[:80]
    account = account_of(request)
    return told or (name_of(account) if account else "")


def remember_who(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Keep the name that was written."""
    if who := " ".join(request.POST.get("who", "").split()):
        answer.set_cookie(WHO, quote(who[:80]), 30 * DAY, httponly=True, samesite="Lax", secure=request.is_secure())
    return answer
