"""What somebody wrote, before it is stored: a guess at its language."""

import re
import unicodedata
from typing import Final

from onnuri.web import shown

HANGUL: Final = re.compile(r"[\uac00-\ud7a3]")
KANA: Final = re.compile(r"[\u3041-\u30ff]")
HAN: Final = re.compile(r"[\u4e00-\u9fff]")
VIETNAMESE: Final = re.compile(r"[ăđơư]|[aeiouyăâêôơư]\u0323|[ăâêôơư][\u0300\u0301\u0303\u0309]")
"""Letters and marks that of the five languages only Vietnamese has; the text in parts, marks after their letters."""


def language_of_text(text: str) -> str:
    """A guess for the `lang` attribute: by its letters; where these are anybody's, the reader's language."""
    if HANGUL.search(text):
        return "ko"
    if KANA.search(text):
        return "ja"
    if HAN.search(text):
        return "ja" if shown.language() == "ja" else "zh-hans"
    if VIETNAMESE.search(_in_parts(text)):
        return "vi"
    return shown.language() if shown.language() in {"en", "vi"} else "en"


def _in_parts(text: str) -> str:
    """Tone marks beside their letters, which keep their hats: a dot below or a second mark is Vietnamese alone."""
    return "".join(_parted(letter) for letter in unicodedata.normalize("NFC", text.lower()))


def _parted(letter: str) -> str:
    parts = unicodedata.normalize("NFD", letter)
    tones = "".join(mark for mark in parts[1:] if mark in "\u0300\u0301\u0303\u0309\u0323")
    hats = "".join(mark for mark in parts[1:] if mark not in tones)
    return unicodedata.normalize("NFC", parts[0] + hats) + tones
