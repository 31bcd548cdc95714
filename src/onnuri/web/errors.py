"""Turning refusals into answers: a page for people, the error shape for programs."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render

from onnuri.errors import BadRequest, Forbidden, NotFound, Refusal, TooMany
from onnuri.live.http import COME_BACK
from onnuri.messages import error_body

if TYPE_CHECKING:
    from collections.abc import Callable

LOG = logging.getLogger("onnuri.web")
OPENED_BY_ROLE: Final = frozenset({"host_only", "door_only"})
"""What a link opens, and an account with a role too."""


class Fault(Refusal):
    """Something broke on our side."""

    status = 500


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks."""
    return request.path.startswith("/api/") or request.path.endswith(".json")


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The answer to a refused request."""
    body = error_body(refusal)
    if refusal.key == "sign_in_first" and not wants_json(request):
        return HttpResponseRedirect(sign_in_url(request))
    if wants_json(request):
        answer: HttpResponse = JsonResponse(body, status=refusal.status)
    else:
        context = {"error": body["error"], "status": refusal.status, "back_url": "/"}
        if refusal.key in OPENED_BY_ROLE and not request.COOKIES.get(settings.SESSION_COOKIE_NAME):
            context["sign_in_url"] = sign_in_url(request)
        answer = render(request, "public/error.html", context, status=refusal.status)
    if refusal.status in COME_BACK:
        answer["Retry-After"] = str(refusal.about.get("n", 2))
    return answer


def sign_in_url(request: HttpRequest) -> str:
    """The sign-in, with the way back: to this page, or to the one whose form was sent."""
    back = request.get_full_path()
    if request.method != "GET":
        came_from = urlsplit(request.headers.get("Referer", ""))
        back = f"{came_from.path}?{came_from.query}".rstrip("?") if came_from.netloc == request.get_host() else "/"
    return f"{settings.LOGIN_URL}?{urlencode({'next': back})}"


def refusals(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: a Refusal becomes its answer; anything else is logged and apologised for."""

    class Refusals:
        def __call__(self, request: HttpRequest) -> HttpResponse:
            return get_response(request)

        def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
            if isinstance(exception, Refusal):
                return refused(request, exception)
            if isinstance(exception, SuspiciousOperation):
                return bad_request(request, exception)
            LOG.error("fault at %s", request.path, exc_info=exception)
            return refused(request, Fault("server_error"))

    return Refusals()


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django would not read it: a host name that is none, too many fields."""
    del exception  # handed over by name
    return refused(request, BadRequest("bad_request"))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No address matches, or a view said so."""
    del exception  # Django hands it over by name; the page says the same for every reason
    return refused(request, NotFound("not_found"))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """The form is older than the browser's cookie, or of another site."""
    return refused(request, Forbidden("csrf"))


def too_many(request: HttpRequest) -> HttpResponse:
    """Signing in, signing up or asking for mail too often."""
    return refused(request, TooMany("too_often"))


def server_error(request: HttpRequest) -> HttpResponse:
    """Even the answer to a fault failed, or a fault before any view."""
    return refused(request, Fault("server_error"))
