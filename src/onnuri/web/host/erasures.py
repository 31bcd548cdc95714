"""What was erased and what is still there, field by field; and erasing it now."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from onnuri.conference.retention import erase_now, erased_at, left
from onnuri.errors import Refusal, Unprocessable
from onnuri.web import proof_paper, shown
from onnuri.web.host import files, proofs
from onnuri.web.host.entered import desk_page, required
from onnuri.web.page import error_content

FIELDS: Final = {
    "name": gettext_noop("이름"),
    "email": gettext_noop("이메일"),
    "needs": gettext_noop("도움 요청"),
    "consents": gettext_noop("동의한 것"),
    "device": gettext_noop("기기 표시"),
    "companions": gettext_noop("동행과 입장권의 이름"),
    "mail": gettext_noop("보낸 메일의 주소"),
    "proof": gettext_noop("참석 확인서의 이름"),
    "invitation": gettext_noop("초대 코드의 메모"),
    "reason": gettext_noop("줄을 옮긴 까닭"),
}


def erasures(request: HttpRequest, slug: str) -> HttpResponse:
    """The audit page."""
    found = required(request, slug)
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            if not request.POST.get("sure"):
                raise Unprocessable("erase_sure", field="sure")
            erase_now(slug, at=shown.now())
            forget()
            return redirect("host:erasures", slug)
        except Refusal as problem:
            refusal = problem
    still, due = left(found), erased_at(found)
    rows = [{"name": _(name), "left": still.get(what, 0)} for what, name in FIELDS.items()]
    erased = [
        {"name": _(FIELDS.get(e.what, e.what)), "people": e.people, "at_text": _moment(e.at)}
        for e in found.erasures.all()
    ]
    content: dict[str, Any] = {
        "rows": rows,
        "any_left": bool(still),
        "erased": erased,
        "due_text": shown.date_text(due),
        "overdue": due is not None and due <= shown.now(),
        "retention_days": found.retention_days,
        "error": error_content(refusal) if refusal else None,
    }
    return desk_page(request, "erasures", "erasures", found, content, refusal.status if refusal else 200)


def forget() -> None:
    """Names were erased: nothing that was read or set before stays in memory either."""
    files.UPLOADS.clear()
    proofs.BATCHES.clear()
    proof_paper.forget()


def _moment(at: Any) -> str:  # noqa: ANN401 - a time
    return f"{shown.date_text(at)} {shown.clock_text(at)}"
