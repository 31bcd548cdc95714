"""Attendance proofs: one from a registration's page, or everybody's in one file, made aside with progress."""

from __future__ import annotations

import io
import logging
import threading
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from onnuri.conference.attendance import prove, prove_all
from onnuri.conference.entrance import present
from onnuri.conference.models import Proof, Ticket
from onnuri.errors import Conflict, NotFound, Refusal
from onnuri.web import proof_paper, shown
from onnuri.web.host.entered import desk_page, required
from onnuri.web.host.shelf import Shelf
from onnuri.web.page import error_content
from onnuri.web.proof_paper import Paper

if TYPE_CHECKING:
    from onnuri.conference.models import Conference

LOG = logging.getLogger("onnuri.proofs")
A_STEP: Final = 20
TYPES: Final = {"pdf": "application/pdf", "zip": "application/zip"}


@dataclass
class Batch:
    """Everybody's proofs in the making."""

    kind: str
    papers: list[Paper]
    codes: list[str]
    done: int = 0
    without: list[str] = field(default_factory=list)
    """Names no font can write."""
    content: bytes = b""
    refusal: Refusal | None = None

    @property
    def ready(self) -> bool:
        return bool(self.content)


BATCHES: Final = Shelf[Batch]()


def proofs(request: HttpRequest, slug: str) -> HttpResponse:
    """How many can have one; making them all."""
    found = required(request, slug)
    refusal = None
    if request.method == "POST":
        try:
            _begin(request, found)
            return redirect("host:proofs", slug)
        except Refusal as problem:
            refusal = problem
    kept = BATCHES.latest(found.pk)
    batch = kept[1] if kept else None
    content = {
        "arrived": len(present(found)),
        "given": Proof.objects.filter(conference=found).count(),
        "batch": batch and {
            "key": kept[0] if kept else "",
            "kind": batch.kind,
            "total": len(batch.papers),
            "done": batch.done,
            "ready": batch.ready,
            "working": not batch.ready and batch.refusal is None,
            "without": batch.without,
        },
        "language": shown.language(),
        "error": _error(refusal or (batch.refusal if batch else None)),
    }  # fmt: skip
    return desk_page(request, "proofs", "proofs", found, content, refusal.status if refusal else 200)


def _error(refusal: Refusal | None) -> dict[str, object] | None:
    return error_content(refusal) if refusal else None


def _begin(request: HttpRequest, found: Conference) -> None:
    if proof_paper.FONT not in proof_paper.families():
        raise Conflict("proof_font")
    given = prove_all(found, at=shown.now())
    if not given:
        raise Conflict("proof_nobody")
    languages = dict(Ticket.objects.filter(conference=found).values_list("pk", "registration__language"))
    site = request.build_absolute_uri("/").rstrip("/")
    papers = [proof_paper.paper(p, languages.get(p.ticket_id or 0, "ko"), site) for p in given]
    batch = Batch("zip" if request.POST.get("kind") == "zip" else "pdf", papers, [p.code for p in given])
    BATCHES.clear(found.pk)
    BATCHES.put(found.pk, batch)
    threading.Thread(target=_make, args=(batch,), name="proofs", daemon=True).start()


def _make(batch: Batch) -> None:
    try:
        batch.content = _zip(batch) if batch.kind == "zip" else _one_file(batch)
    except Refusal as refusal:
        batch.refusal = refusal
    except Exception:
        LOG.exception("proofs were not made")
        batch.refusal = Conflict("server_error")
    finally:
        connection.close()


def _zip(batch: Batch) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        for own, code in zip(batch.papers, batch.codes, strict=True):
            try:
                packed.writestr(f"{batch.done + 1:05}-{code}.pdf", proof_paper.pdf([own]))
            except Conflict:
                batch.without.append(own.name)
            batch.done += 1
    return out.getvalue()


def _one_file(batch: Batch) -> bytes:
    """A page each: those no font can write are found out in steps, so that one name does not stop the others."""
    fine: list[Paper] = []
    for start in range(0, len(batch.papers), A_STEP):
        some = batch.papers[start : start + A_STEP]
        fine += some if _can(some) else [own for own in some if _can([own])]
        batch.done = min(start + A_STEP, len(batch.papers))
    kept = set(map(id, fine))
    batch.without += [own.name for own in batch.papers if id(own) not in kept]
    if not fine:
        raise Conflict("proof_glyph", name=", ".join(batch.without[:5]))
    return proof_paper.pdf(fine)


def _can(papers: list[Paper]) -> bool:
    try:
        proof_paper.pdf(papers)
    except Conflict:
        return False
    return True


def download(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """The file that was made."""
    found = required(request, slug)
    batch = BATCHES.find(found.pk, key)
    if batch is None or not batch.ready:
        raise NotFound("proof_gone")
    return _attached(batch.content, f"{slug}-proofs.{batch.kind}", TYPES[batch.kind])


@require_POST
def one(request: HttpRequest, slug: str, claim: str, part: int) -> HttpResponse:
    """One ticket's proof."""
    found = required(request, slug)
    tickets = Ticket.objects.select_related("registration", "conference")
    ticket = tickets.filter(conference=found, registration__claim=claim, part=part).first()
    if ticket is None:
        raise NotFound("claim_unknown")
    given = prove(ticket, at=shown.now())
    site = request.build_absolute_uri("/").rstrip("/")
    content = proof_paper.pdf([proof_paper.paper(given, ticket.registration.language, site)])
    return _attached(content, f"{slug}-proof-{given.code}.pdf", TYPES["pdf"])


def _attached(content: bytes, name: str, kind: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer
