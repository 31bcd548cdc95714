"""Which language a reader gets, on the hot path and on every other page alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.conf import settings

from onnuri.vocabulary import known_language

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST: Final = 500
"""More of an Accept-Language nobody's browser sends."""


def language_for(*, chosen: str | None, accepted: str) -> str:
    """The reader's choice, else what their phone likes best of the installation's languages, else its own first.

    Args:
        chosen: the language they once chose, by its code.
        accepted: the header Accept-Language.
    """
    known = tuple(code for code, _name in settings.LANGUAGES)
    if chosen in known:
        return str(chosen)
    liked = (known_language(tag, known) for tag in liked_of(accepted))
    return next(filter(None, liked), settings.LANGUAGE_CODE)


def liked_of(accepted: str) -> list[str]:
    """The languages of an Accept-Language, the most liked first; what is not liked at all is left out.

    >>> liked_of("en;q=0.5, zh-CN, ja;q=0.9, ko;q=0")
    ['zh-CN', 'ja', 'en']
    """
    weighed = sorted(_weighed(accepted[:LONGEST]), key=lambda one: -one[0])
    return [tag for weight, tag in weighed if weight > 0]


def _weighed(accepted: str) -> Iterator[tuple[float, str]]:
    for part in accepted.split(","):
        tag, _, weight = part.partition(";")
        try:
            yield float(weight.strip().removeprefix("q=") or 1), tag.strip()
        except ValueError:
            # A weight nobody can read is no reason to overhear the language.
            yield 1.0, tag.strip()
