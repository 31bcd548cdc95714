"""Who came first: the log of places without names, and checking a receipt against it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from onnuri.conference import queries
from onnuri.conference.checking import Checked, check
from onnuri.conference.ledger import Receipt, read_receipt
from onnuri.conference.models import Conference
from onnuri.errors import Refusal
from onnuri.web import shown
from onnuri.web.occasion import conference_shown, places_shown
from onnuri.web.page import error_content, page
from onnuri.web.registrations import receipts

LONGEST_RECEIPT = 2000


def order(request: HttpRequest, slug: str) -> HttpResponse:
    """The rule, the digest of the log, and a field for one's receipt.

    While people still register, a receipt is checked for what it is alone; afterwards against the whole log.
    """
    found = queries.conference_by_slug(slug)
    word = request.GET.get("receipt", "")[:LONGEST_RECEIPT]
    content: dict[str, Any] = {
        "conference": conference_shown(found),
        "places": places_shown(found),
        "closed_text": f"{shown.date_text(found.closed_at)} {shown.clock_text(found.closed_at)}".strip(),
        "digest": found.log_digest,
        "key": receipts().public,
        "receipt_word": word,
        "receipt": None,
        "checked": None,
        "error": None,
    }
    try:
        receipt = read_receipt(word, receipts().public) if word else None
    except Refusal as refusal:
        content["error"] = error_content(refusal)
        return page(request, "public/order.html", content, status=refusal.status)
    if receipt is not None:
        content["receipt"] = {**vars(receipt), "short": receipt.short, "here": receipt.conference == slug}
    if found.closed_at is not None:
        content["checked"] = _checked(found, receipt)
    return page(request, "public/order.html", content)


def _checked(found: Conference, receipt: Receipt | None) -> dict[str, Any]:
    told: Checked = check(queries.log_document(found), receipt)
    return {
        "holds": told.holds,
        "entries": told.entries,
        "claims": told.counts.get("claim", 0),
        "moves": told.counts.get("move", 0) + told.counts.get("add", 0),
        "passed_over": told.passed_over,
        "absent": told.absent,
        "problems": list(told.problems),
    }


def log(_request: HttpRequest, slug: str) -> HttpResponse:
    """The log itself, once registration is closed; until then its digest alone."""
    found = queries.conference_by_slug(slug)
    document = queries.log_document(found)
    if found.closed_at is None:
        document = {**document, "entries": None}
    return JsonResponse({**document, "key": receipts().public}, json_dumps_params={"ensure_ascii": False})
