"""Text at the door: Unicode NFC, counted as people count, refused when there is nothing to read."""

import re
import unicodedata

from onnuri.errors import Unprocessable

_GRAPHEME = re.compile(
    r"\r\n|(?:[\U0001F1E6-\U0001F1FF]{2})"
    r"|.[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\U0001F3FB-\U0001F3FF]*"
    r"(?:\u200d.[\ufe0f\U0001F3FB-\U0001F3FF]*)*",
    re.DOTALL,
)
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp", "Mn"})


def graphemes(text: str) -> int:
    """How many characters a person sees: marks, joiners, flags and skin tones belong to what they follow.

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
    kept = "".join(c for c in kept if c in "\n\t\u200c\u200d" or unicodedata.category(c) not in {"Cc", "Cf"}).strip()
    if all(unicodedata.category(c) in _INVISIBLE for c in kept):
        raise Unprocessable("text_blank", field=field)
    if limit is not None and (n := graphemes(kept)) > limit:
        raise Unprocessable("text_too_long", field=field, n=n - limit, limit=limit)
    return kept
