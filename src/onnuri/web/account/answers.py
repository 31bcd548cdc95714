"""What is true of every answer of these pages: its status says what happened, and its cookies keep to https."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.template.response import TemplateResponse

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

THROTTLED: Final = frozenset({"too_many_login_attempts", "rate_limited"})
KEPT_TO_HTTPS: Final = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)


class AccountAnswers:
    """Middleware around everything that sets the cookies of an account."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self._get_response(request)
        for name in KEPT_TO_HTTPS:
            # Known only now: one server may be reached by http in the hall and by https from outside.
            if name in answer.cookies and request.is_secure():
                answer.cookies[name]["secure"] = True
        return answer

    def process_template_response(self, request: HttpRequest, answer: TemplateResponse) -> TemplateResponse:
        """A refused form is no 200: 429 where one tried too often, 410 for a link that is over, else 422."""
        if request.path.startswith("/account/") and answer.status_code == 200:  # noqa: PLR2004
            answer.status_code = _status(answer.context_data or {})
        return answer


def _status(content: dict[str, object]) -> int:
    if content.get("token_fail") or ("confirmation" in content and not content["confirmation"]):
        return 410
    form = content.get("form")
    if not getattr(form, "is_bound", False) or not getattr(form, "errors", None):
        return 200
    codes = {one.code for many in form.errors.as_data().values() for one in many}  # type: ignore[attr-defined]
    return 429 if codes & THROTTLED else 422
