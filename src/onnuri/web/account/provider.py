"""Signing in by the service of the operator's choice: there, back, and what is said when it does not answer."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import requests
from allauth.socialaccount.providers.openid_connect import views
from django.conf import settings
from django.shortcuts import render

from onnuri.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

LOG = logging.getLogger("onnuri.web")
FOUND = 302


def there(request: HttpRequest, provider_id: str) -> HttpResponse:
    """The way there is a page that goes on by itself: under our policy a form of ours may lead nowhere else."""
    answer = _asked(views.login, request, provider_id)
    if request.method != "POST" or answer.status_code != FOUND:
        return answer
    return render(request, "socialaccount/onward.html", {"onward": answer["Location"]})


def back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """The service has sent the browser back."""
    return _asked(views.callback, request, provider_id)


def _asked(view: Callable[[HttpRequest, str], HttpResponse], request: HttpRequest, provider_id: str) -> HttpResponse:
    if not settings.SOCIALACCOUNT_PROVIDERS:
        raise NotFound("not_found")
    try:
        return view(request, provider_id)
    except requests.RequestException as problem:
        LOG.warning("the sign-in service does not answer: %s", type(problem).__name__)
        return render(request, "socialaccount/authentication_error.html", status=502)
