"""Letters that look like others: the same sentence written with them is the same sentence, and a moderator is told."""

from __future__ import annotations

import unicodedata
from typing import Final

import regex

TWINS: Final = str.maketrans(
    # Cyrillic and Greek letters that no eye tells from a Latin one, in the case-folded form.
    "аеорсхукмнтвіјѕһԁԛԝѵαοεινρτυχκγɑıⅼ",
    "aeopcxykmhtbijshdqwvaoeivptuxkyail",
)
JOINERS: Final = regex.compile("[\u200c\u200d\ufe00-\ufe0f]")
WORD: Final = regex.compile(r"[\p{L}\p{M}]+")
ALIKE: Final = tuple(regex.compile(rf"\p{{Script={name}}}") for name in ("Latin", "Cyrillic", "Greek"))
"""Scripts that have letters alike. Korean, Chinese, Japanese and Latin stand together in honest sentences."""


def skeleton(text: str) -> str:
    """What is left of a text to the eye: two texts with one skeleton cannot be told apart.

    >>> skeleton("Park"), skeleton("Раrk"), skeleton("Ｐａｒｋ  ")
    ('park', 'park', 'park')
    """
    plain = JOINERS.sub("", unicodedata.normalize("NFKC", text)).casefold().translate(TWINS)
    return " ".join(plain.split())


def mixed_words(text: str) -> list[str]:
    """Words of letters from several scripts that look alike: nobody types them by accident.

    >>> mixed_words("The mаyor said: 강변 park, Москва"), mixed_words("3D프린터, café, π")
    (['mаyor'], [])
    """
    return [word for word in WORD.findall(text) if sum(1 for script in ALIKE if script.search(word)) > 1]
