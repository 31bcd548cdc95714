"""How often a page's forms may be sent: what the hot path does not answer still costs a thread each."""

from __future__ import annotations

import time
from threading import Lock
from typing import TYPE_CHECKING, Final

from onnuri.errors import TooMany
from onnuri.live.limits import PAGES, RIGHTS, Limits, Pace
from onnuri.web.errors import refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    Handler = Callable[[HttpRequest], HttpResponse]

LIMITS: Final = Limits(time.monotonic)
LOCK: Final = Lock()
"""Pages are answered by several threads."""
STORES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def paced(get_response: Handler) -> Handler:
    """Middleware: a device that sends forms like a program is told when to come back, in its own language."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method in STORES:
            try:
                _take(PAGES, device_of(request))
            except TooMany as refusal:
                return refused(request, refusal)
        return get_response(request)

    return middleware


def require_pace_of_rights(request: HttpRequest) -> None:
    """Refuse more requests of rights from one address than somebody could mean.

    Raises:
        TooMany: too_many.
    """
    _take(RIGHTS, request.META.get("REMOTE_ADDR", ""))


def _take(pace: Pace, whose: str) -> None:
    try:
        with LOCK:
            LIMITS.take(pace, whose)
    except TooMany as refusal:
        # The hot path's own words promise that the page sends again by itself; a form does not.
        raise TooMany("too_many", n=refusal.about["n"]) from None


def device_of(request: HttpRequest) -> str:
    """Like `live.http.Request.device`: not an address alone, since a whole hall shares one."""
    own = ("User-Agent", "Accept-Language", "Sec-CH-UA-Platform")
    return "/".join([request.META.get("REMOTE_ADDR", ""), *(request.headers.get(name, "") for name in own)])
