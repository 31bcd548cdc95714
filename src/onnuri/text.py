"""Text at the door: Unicode NFC, counted as people count, refused when there is nothing to read."""

import unicodedata

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
