"""Checking an attendance proof: anybody who holds the paper may ask whether it is genuine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from onnuri.conference.attendance import checked, masked
from onnuri.errors import NotFound, Refusal
from onnuri.web import shown
from onnuri.web.occasion import conference_shown
from onnuri.web.page import error_content, page
from onnuri.web.proof_paper import key

if TYPE_CHECKING:
    from onnuri.conference.models import Proof

LONGEST = 40
LONGEST_NAME = 200


def ask(request: HttpRequest) -> HttpResponse:
    """A field for the code on the paper."""
    code = "".join(request.GET.get("code", "")[:LONGEST].split()).strip("/")
    if code:
        return redirect("public:proof", code)
    return page(request, "public/proof.html", {"code": "", "proof": None, "error": None})


def proof(request: HttpRequest, code: str) -> HttpResponse:
    """What the code says; the full name only to who types it."""
    name = request.POST.get("name", "")[:LONGEST_NAME] if request.method == "POST" else ""
    content: dict[str, Any] = {"code": code[:LONGEST], "proof": None, "error": None, "name": name}
    try:
        found, same = checked(code, name, key())
    except NotFound as refusal:
        return page(request, "public/proof.html", {**content, "error": error_content(refusal)}, status=refusal.status)
    except Refusal as refusal:
        told = {**content, "proof": _shown(checked(code, "", key())[0], name="", same=False)}
        return page(request, "public/proof.html", {**told, "error": error_content(refusal)}, status=refusal.status)
    return page(request, "public/proof.html", {**content, "proof": _shown(found, name=name, same=same)})


def _shown(found: Proof, *, name: str, same: bool) -> dict[str, Any]:
    return {
        "conference": conference_shown(found.conference),
        "name": " ".join(name.split()) if same else masked(found.name),
        "same": same,
        "erased": not found.name,
        "issued_text": shown.date_text(found.issued_at),
    }
