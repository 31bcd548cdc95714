"""Attendance proofs on paper: A4, the person's language, set with a font that has every letter or not at all."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import segno
import typst
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from onnuri.conference.attendance import written
from onnuri.errors import Conflict
from onnuri.vocabulary import in_language
from onnuri.web import shown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from onnuri.conference.models import Conference, Proof

TEMPLATE: Final = Path(__file__).parent / "papers" / "proof.typ"
FONTS: Final = {"ja": "Noto Sans CJK JP", "zh": "Noto Sans CJK SC"}
FONT: Final = "Noto Sans CJK KR"
STANDARD: Final = "a-2u"
"""PDF/A embeds every font and refuses a letter that none of them has."""
KEPT: Final = 256


@dataclass(frozen=True)
class Paper:
    """What one page says, ready to be set."""

    name: str
    content: str
    issued: datetime


def paper(proof: Proof, language: str, site: str) -> Paper:
    """The page of one proof.

    Args:
        proof: whose name, code and conference it says.
        language: the person's.
        site: "https://onnuri.example.kr", where it can be checked.
    """
    known = {code for code, _name in settings.LANGUAGES}
    with translation.override(language if language in known else "ko"):
        return Paper(proof.name, json.dumps(_said(proof, site), ensure_ascii=False, sort_keys=True), proof.issued_at)


def _said(proof: Proof, site: str) -> dict[str, Any]:
    of = proof.conference
    language = shown.language()
    code = written(proof, key())
    title = in_language(of.title, language)
    facts = [(_("행사"), title), (_("날"), _days(of)), (_("곳"), in_language(of.venue, language))]
    return {
        "lang": language[:2],
        "font": FONTS.get(language[:2], FONT),
        "title": _("참석 확인서"),
        "number": _("%(n)s번째") % {"n": of.number} if of.number else "",
        "name": proof.name,
        "sentence": _("위 사람이 ‘%(title)s’에 참석했음을 확인합니다.") % {"title": title},
        "facts": [fact for fact in facts if fact[1]],
        "issuer": in_language(of.organiser, language) or title,
        "issued": _("발급한 날 %(day)s") % {"day": shown.date_text(proof.issued_at)},
        "how": _("이 주소에서 누구나 확인할 수 있습니다"),
        "address": f"{site}/proof",
        "code": code,
        "qr": _qr(f"{site}/proof/{code}"),
    }


def _days(of: Conference) -> str:
    return shown.days_text(of.starts_at, of.ends_at)


def _qr(text: str) -> str:
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", border=0)
    return out.getvalue().decode()


@cache
def key() -> bytes:
    """Seals proofs."""
    return settings.FOLDER.read("voices.key")


# ---- setting


def pdf(papers: Sequence[Paper]) -> bytes:
    """One file, a page each.

    Raises:
        Conflict: proof_font - no font for it is installed; proof_glyph - none has a letter of somebody's name.
    """
    if FONT not in families():
        raise Conflict("proof_font")
    return _set(tuple(papers))


# By content: the same paper asked for twice is set once. It holds names, so whoever erases them calls `forget`.
@lru_cache(maxsize=KEPT)
def _set(papers: tuple[Paper, ...]) -> bytes:
    said = f"[{','.join(own.content for own in papers)}]"
    compiler = typst.Compiler(font_paths=_fonts())
    try:
        done = compiler.compile(
            input=TEMPLATE.read_bytes(),
            format="pdf",
            sys_inputs={"papers": said},
            pdf_standards=STANDARD,
            timestamp=papers[0].issued.replace(microsecond=0),
        )
    except typst.TypstError:
        raise Conflict("proof_glyph", name=", ".join(own.name for own in papers)) from None
    assert isinstance(done, bytes)  # noqa: S101 - a PDF is one piece
    return done


def forget() -> None:
    """Drop what was set: the names were erased."""
    _set.cache_clear()


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts()


def families() -> set[str]:
    """The fonts that can be used."""
    return set(_fonts().families())
