"""What happens to every page: security headers, the reader's language, size and theme."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation

from onnuri.headers import CLOSED
from onnuri.live.reader import language_for
from onnuri.web.assets import bundle_text
from onnuri.web.errors import refusals as refusals  # noqa: PLC0414 - settings name all middleware here

if TYPE_CHECKING:
    from collections.abc import Callable

    Handler = Callable[[HttpRequest], HttpResponse]

YEAR = 365 * 24 * 3600
READING = ("lang", "text", "theme", "contrast", "motion", "keys")
"""The cookies that say how somebody reads."""
TRUSTED_PLAIN = {"localhost", "127.0.0.1"}
"""Browsers give this very machine a camera without https."""


@cache
def content_security_policy() -> str:
    """Nothing but ourselves; the phone's inlined style sheet by its hash."""
    digest = base64.b64encode(hashlib.sha256(bundle_text("attend").encode()).digest()).decode()
    return (
        f"default-src 'self'; style-src 'self' 'sha256-{digest}'; img-src 'self' data:; object-src 'none'; "
        "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    )


def security_headers(get_response: Handler) -> Handler:
    """The same headers on every answer."""

    def middleware(request: HttpRequest) -> HttpResponse:
        answer = get_response(request)
        answer.setdefault("Content-Security-Policy", content_security_policy())
        for name, value in CLOSED.items():
            answer.setdefault(name, value)
        if "text/html" in answer.get("Content-Type", ""):
            answer.setdefault("Cache-Control", "no-store")
        return answer

    return middleware


def reader(get_response: Handler) -> Handler:
    """How one reads: by ?lang= &text= &theme= &contrast= &motion= &keys=, else by cookie, else as the phone likes."""

    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = {name: request.GET[name] for name in READING if name in request.GET}
        # A calendar program follows no redirect with a cookie: there ?lang= is read by the feed itself.
        remembers = not request.path.startswith(("/api/", "/static/")) and not request.path.endswith(".ics")
        if chosen and request.method == "GET" and remembers:
            return _remember(request, chosen)
        language = _language(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        answer = get_response(request)
        answer.setdefault("Content-Language", language)
        if language == _language_of_account(request) and "lang" not in request.COOKIES and remembers:
            # The hot path knows no accounts: from here on it reads the same choice from the phone.
            answer.set_cookie("lang", language, **_for_a_year(request))
        return answer

    return middleware


def _remember(request: HttpRequest, chosen: dict[str, str]) -> HttpResponse:
    kept = {k: v for k, v in request.GET.items() if k not in chosen}
    answer = HttpResponseRedirect(request.path + (f"?{urlencode(kept)}" if kept else ""))
    allowed = {
        "lang": {code for code, _ in settings.LANGUAGES},
        "text": {"1", "2", "3", "4"},
        "theme": {"light", "dark", ""},
        "contrast": {"more", ""},
        "motion": {"off", ""},
        "keys": {"off", ""},
    }
    for name, value in chosen.items():
        if value in allowed[name]:
            answer.set_cookie(name, value, **_for_a_year(request))
    return answer


def _for_a_year(request: HttpRequest) -> dict[str, Any]:
    return {"max_age": YEAR, "samesite": "Lax", "httponly": True, "secure": request.is_secure()}


def _language(request: HttpRequest) -> str:
    """By cookie, else the account's, else the phone's."""
    chosen = request.COOKIES.get("lang") or _language_of_account(request)
    return language_for(chosen=chosen, accepted=request.headers.get("Accept-Language", ""))


def _language_of_account(request: HttpRequest) -> str:
    # Who has no account's cookie has no account: nothing is read from the database for a participant.
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return ""
    return getattr(get_user(request), "language", "")


def reader_context(request: HttpRequest) -> dict[str, Any]:
    """How this reader wants to read, for templates."""
    current = translation.get_language()
    return {
        "plain_http": not request.is_secure() and request.get_host().partition(":")[0] not in TRUSTED_PLAIN,
        "reader": {
            "text": request.COOKIES.get("text", "1"),
            "theme": request.COOKIES.get("theme", ""),
            "contrast": request.COOKIES.get("contrast", ""),
            "motion": request.COOKIES.get("motion", ""),
            "keys": request.COOKIES.get("keys", ""),
            "languages": [
                {"code": code, "name": name, "current": code == current} for code, name in settings.LANGUAGES
            ],
        },
    }
