"""Rules of translations: what a machine's answer must keep of a text, and when one is out of date. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from onnuri.conversation.personal import personal
from onnuri.errors import Unprocessable
from onnuri.text import plain_text

if TYPE_CHECKING:
    from collections.abc import Sequence

TRANSLATION_LIMIT: Final = 900
"""Graphemes: Korean of 300 may take three times as many letters in Vietnamese."""
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
_KEPT: Final = re.compile(r"\{\w*\}|https?://\S+|●+")
SMALL: Final = 12
"""Numbers up to here may be words in one language and digits in another."""
LONGER: Final = 8
SHORTEST: Final = 40


def digest_of_text(text: str) -> str:
    """Of the text a translation was made from: another digest = it is out of date."""
    return sha256(text.encode()).hexdigest()


def may_be_sent(text: str) -> bool:
    """Whether a text may go to a service outside: none that looks like somebody's personal data.

    >>> may_be_sent("밤 버스를 늘리자"), may_be_sent("010-1234-5678로 전화 주세요")
    (True, False)
    """
    return not personal(text)


def checked_answers(sources: Sequence[str], answers: Sequence[object]) -> list[str | None]:
    """A machine's answers in the order of what it was given; None = this one is of no use.

    Raises:
        ValueError: another number of answers than of texts: nobody knows which belongs to which.
    """
    if len(answers) != len(sources):
        raise ValueError(f"{len(answers)} translations of {len(sources)} texts")
    return [
        _checked(source, answer) if isinstance(answer, str) else None
        for source, answer in zip(sources, answers, strict=True)
    ]


def _checked(source: str, answer: str) -> str | None:
    try:
        kept = plain_text(answer, limit=TRANSLATION_LIMIT, field="text")
    except Unprocessable:
        return None
    if _folded(kept) == _folded(source) or len(kept) > max(SHORTEST, LONGER * len(source)):
        return None
    if Counter(_KEPT.findall(source)) != Counter(_KEPT.findall(kept)) or not _keeps_numbers(source, kept):
        return None
    return kept


def _keeps_numbers(source: str, answer: str) -> bool:
    """No number is lost, and none is made up but a small one that was a word."""
    before, after = _numbers(source), _numbers(answer)
    return not before - after and all(n.isdecimal() and int(n) <= SMALL for n in after - before)


def _numbers(text: str) -> Counter[str]:
    plain = unicodedata.normalize("NFKC", text)
    return Counter(re.sub(r"[.,](?=\d{3}(?!\d))", "", found) for found in _NUMBER.findall(plain))


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
