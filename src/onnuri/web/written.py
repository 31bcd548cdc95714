"""What somebody wrote, before it is stored: its language, and what the author should read once more."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from onnuri import text as rules
from onnuri.conversation.personal import MASKED
from onnuri.conversation.screening import hints
from onnuri.vocabulary import LANGUAGES
from onnuri.web import shown

if TYPE_CHECKING:
    from django.http import QueryDict

    from onnuri.conversation.screening import Hint

LANGUAGE_NAMES: Final = {"ko": "한국어", "en": "English", "zh-hans": "中文", "ja": "日本語", "vi": "Tiếng Việt"}
"""Each in itself: who looks for a language reads it."""
LOOKS_LIKE: Final = {
    "resident": gettext_noop("주민등록번호나 외국인등록번호처럼 보여요."),
    "card": gettext_noop("카드 번호처럼 보여요."),
    "passport": gettext_noop("여권 번호처럼 보여요."),
    "phone": gettext_noop("전화번호처럼 보여요."),
    "email": gettext_noop("이메일 주소처럼 보여요."),
    "url": gettext_noop("링크처럼 보여요."),
    "account": gettext_noop("계좌 번호처럼 보여요."),
    "messenger": gettext_noop("메신저 아이디처럼 보여요."),
    "abuse": gettext_noop("누군가에게 상처가 될 수 있는 말이에요."),
}


def language_of_text(text: str) -> str:
    """The language of a text that was written on a page of the reader's language."""
    return rules.language_of_text(text, shown.language())


def language_of_form(form: QueryDict) -> str:
    """The language its author chose; else the text's own."""
    chosen = form.get("lang", "")
    return chosen if chosen in LANGUAGES else language_of_text(form.get("text", ""))


def mark_of(text: str) -> str:
    """A mark of this very text: who has seen what stands beside it is not asked again."""
    return sha256(" ".join(text.split()).encode("utf-8", "replace")).hexdigest()[:16]


def hints_shown(text: str) -> list[dict[str, Any]]:
    """What an author should read once more, each with its words and why."""
    return [_hint_shown(hint, text) for hint in hints(text)]


def _hint_shown(hint: Hint, text: str) -> dict[str, Any]:
    about = hint.what if hint.kind == "personal" else hint.kind
    return {
        "kind": hint.kind,
        "what": about,
        "text": text[slice(*hint.span)],
        "said": _(LOOKS_LIKE[about]),
        "masked": about in MASKED,
    }
