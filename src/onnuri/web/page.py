"""A page and its JSON twin from the same content."""

from __future__ import annotations

from string import Formatter
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from onnuri.errors import Refusal
from onnuri.messages import MESSAGES, error_body, message

if TYPE_CHECKING:
    from collections.abc import Collection

ONLY_FOR_PAGES = frozenset({"qr", "deck", "form", "round_ticket", "join_id", "voice_keys", "error"})


def page(
    request: HttpRequest, template: str, content: dict[str, Any], *, private: Collection[str] = (), status: int = 200
) -> HttpResponse:
    """Render a page, or the same content as JSON where the address ends in .json.

    Args:
        request: whose address decides.
        template: of the page.
        content: both show it.
        private: names that only the person's own page shows.
        status: HTTP status.
    """
    if request.path.endswith(".json"):
        hidden = ONLY_FOR_PAGES | set(private)
        shown = {k: _plain(v) for k, v in content.items() if k not in hidden}
        return JsonResponse({"ok": True, **shown}, json_dumps_params={"ensure_ascii": False}, status=status)
    return render(request, template, content, status=status)


def _plain(value: Any) -> Any:  # noqa: ANN401 - any content of a page
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items() if not isinstance(v, SafeString)}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    return str(value) if isinstance(value, Promise) else value


def error_of(request: HttpRequest) -> dict[str, Any] | None:
    """Why the form one comes back from was refused."""
    key = request.GET.get("refused", "")
    if key not in MESSAGES:
        return None
    field = {"consent_needed": "consent_count"}.get(key)
    if key in {"ticket_needed", "ticket_waiting", "ticket_other", "code_used", "seat_code_unknown", "card_needed"}:
        field = "seat_code"
    about = {name: "" for _text, name, *_rest in Formatter().parse(MESSAGES[key]) if name}
    return {"key": key, "message": message(Refusal(key, **about)), "field": field}


def error_content(refusal: Refusal) -> dict[str, Any]:
    """A refusal as forms show it."""
    error: dict[str, Any] = error_body(refusal)["error"]  # type: ignore[assignment]
    return {"field": None, **error}


def number_in(written: str, *, most: int = 10**9) -> int | None:
    """A number somebody wrote into an address or a field, None when it is none or too large to be meant."""
    if not (written.isascii() and written.isdecimal()) or len(written) > len(str(most)):
        return None
    return int(written) if int(written) <= most else None
