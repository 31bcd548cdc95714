"""Text at the door: Unicode NFC, counted as people count, refused when there is nothing to read."""

import unicodedata
from typing import Final

import regex

from onnuri.errors import Unprocessable

_GRAPHEME = regex.compile(r"\X")
_FLAG_OF_TAGS = regex.compile("\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f")
MOST_MARKS = 12
"""Code points a character may have on average: a family of four with skin tones has eleven."""
_JOINERS = "\u200c\u200d"
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp", "Mn"})
_LETTERS_WITHOUT_INK = frozenset("\u115f\u1160\u3164\uffa0\u2800")
"""Fillers of Hangul and the empty braille cell: letters by category, nothing to the eye."""


def graphemes(text: str) -> int:
    """How many characters a person sees: extended grapheme clusters, as Unicode's standard annex 29 cuts them.

    >>> graphemes("하나"), graphemes("e\u0301"), graphemes("\U0001f469\u200d\U0001f680")
    (2, 1, 1)
    """
    return len(_GRAPHEME.findall(text))


def plain_text(text: str, *, limit: int | None, field: str) -> str:
    """Text at the door: NFC, one kind of line end, trimmed; refused when blank, too long or not text.

    Raises:
        Unprocessable: text_blank, text_too_long, text_not_unicode.
    """
    if any(0xD800 <= ord(c) <= 0xDFFF for c in text) or "\x00" in text:  # noqa: PLR2004 - surrogates
        raise Unprocessable("text_not_unicode", field=field)
    kept = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    # Again after the invisible is out: what it kept apart may now compose.
    kept = unicodedata.normalize("NFC", _without_controls(kept)).strip()
    if all(c in _LETTERS_WITHOUT_INK or unicodedata.category(c) in _INVISIBLE for c in kept):
        raise Unprocessable("text_blank", field=field)
    # A tower of marks is one character to the eye and a whole page to the printer.
    if limit is not None and len(kept) > limit * MOST_MARKS:
        raise Unprocessable("text_too_long", field=field, n=len(kept) - limit * MOST_MARKS, limit=limit)
    if limit is not None and (n := graphemes(kept)) > limit:
        raise Unprocessable("text_too_long", field=field, n=n - limit, limit=limit)
    return kept


def _without_controls(text: str) -> str:
    """No controls and no marks of direction; joiners and the tags that make a flag stay."""
    flags = {at for found in _FLAG_OF_TAGS.finditer(text) for at in range(*found.span())}
    return "".join(
        c
        for at, c in enumerate(text)
        if c in "\n\t" + _JOINERS or at in flags or unicodedata.category(c) not in {"Cc", "Cf"}
    )


_SCRIPTS: Final = {
    "hangul": regex.compile(r"\p{Hangul}"),
    "kana": regex.compile(r"[\p{Hiragana}\p{Katakana}ー]"),
    "han": regex.compile(r"\p{Han}"),
    "latin": regex.compile(r"\p{Latin}"),
}
_VIETNAMESE: Final = regex.compile("[ăđơưĂĐƠƯ\u1ea0-\u1ef9]")
_WORDS: Final = {
    "vi": regex.compile(
        r"\b(?:khong|nguoi|duoc|cua|va|cho|nhung|cac|phai|nen|them|duong|trong|tren|voi|thanh|pho|xe|ta|chung|toi|ban)\b"
    ),
    "en": regex.compile(
        r"\b(?:the|a|an|of|to|and|in|on|for|is|are|be|we|should|must|more|not|no|with|our|it|at|all|please|let|by|from)\b"
    ),
}
"""Words that tell plain letters apart where the writer's own language does not: Vietnamese typed without its marks."""
LONGEST_SYLLABLE: Final = 7
LETTERS_A_SYLLABLE: Final = 3
"""A syllable of Hangul or kana, or a character of Han, is worth so many Latin letters."""


def language_of_text(text: str, ui: str) -> str:
    """The language of a short text by its script; where the script leaves two, the language its writer reads in.

    Args:
        text: what was written.
        ui: the language of the page it was written on; it decides for Han alone and for plain letters.

    >>> (
    ...     language_of_text("밤 버스를 늘리자", "en"),
    ...     language_of_text("夜间公交", "ja"),
    ...     language_of_text("More buses", "vi"),
    ... )
    ('ko', 'ja', 'en')
    """
    count = {script: len(letter.findall(text)) for script, letter in _SCRIPTS.items()}
    outweighs = {script: LETTERS_A_SYLLABLE * n > count["latin"] for script, n in count.items()}
    if count["hangul"] and outweighs["hangul"]:
        return "ko"
    if count["kana"] and LETTERS_A_SYLLABLE * (count["kana"] + count["han"]) > count["latin"]:
        return "ja"
    if count["han"] and outweighs["han"]:
        return "ja" if ui == "ja" else "zh-hans"
    return _of_latin(text, ui) if count["latin"] else ui


def _of_latin(text: str, ui: str) -> str:
    if _VIETNAMESE.search(text):
        return "vi"
    vi, en = (len(_WORDS[lang].findall(text.casefold())) for lang in ("vi", "en"))
    if vi == en:
        return "vi" if ui == "vi" and not en and _looks_vietnamese(text) else "en"
    return "vi" if vi > en else "en"


def _looks_vietnamese(text: str) -> bool:
    """Short syllables one after another, none longer than Vietnamese has."""
    words = regex.findall(r"\p{Latin}+", text)
    return len(words) > 1 and max(map(len, words)) <= LONGEST_SYLLABLE
