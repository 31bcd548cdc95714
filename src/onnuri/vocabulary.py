"""The shared words as values: votes, channels, limits. See GLOSSARY.md."""

from collections.abc import Sequence
from typing import Final, Literal

AGREE: Final = 1
PASS: Final = 0
DISAGREE: Final = -1
VOTE_VALUES: Final = (AGREE, PASS, DISAGREE)

Channel = Literal["hall", "online", "open"]
CHANNELS: Final[tuple[Channel, ...]] = ("hall", "online", "open")
"""`open` = joined without a ticket or a code: counted in a column of its own."""

GROUP_COUNT: Final = 5
"""At most five groups are told apart; each has a colour, a shape and a name."""

NOT_PLACED: Final = -1

STATEMENT_LIMIT: Final = 300
"""Graphemes after NFC."""

WHOLE: Final = 0
"""The line number that stands for the slate as a whole in a ratification."""

METHOD_VERSION: Final = "2"
"""Changes whenever the same votes may give another landscape or slate."""

LANGUAGES: Final = ("ko", "en", "zh-hans", "ja", "vi")


def in_language(texts: dict[str, str] | None, language: str) -> str:
    """A text in the wanted language, else in Korean, else in any there is.

    >>> in_language({"ko": "도시", "en": "city"}, "en"), in_language({"ko": "도시"}, "vi")
    ('city', '도시')
    """
    texts = texts or {}
    return texts.get(language) or texts.get("ko") or next(iter(texts.values()), "")


def language_of(texts: dict[str, str] | None, language: str) -> str:
    """The language `in_language` answers in."""
    shown = in_language(texts, language)
    return next((code for code, text in (texts or {}).items() if text == shown), language)


def known_language(tag: str, known: Sequence[str] = LANGUAGES) -> str | None:
    """Our code for a language as browsers and files write it: any Chinese reads the Chinese there is.

    >>> known_language("en-GB"), known_language("zh_CN"), known_language("zh-Hans-SG"), known_language("fr")
    ('en', 'zh-hans', 'zh-hans', None)
    """
    plain = tag.strip().lower().replace("_", "-")
    first = plain.partition("-")[0]
    exact = plain if plain in known else None
    return exact or next((code for code in known if code.partition("-")[0] == first), None)


def bcp47(code: str) -> str:
    """A language as HTML's `lang` writes it.

    >>> bcp47("zh-hans"), bcp47("vi")
    ('zh-Hans', 'vi')
    """
    language, _, script = code.partition("-")
    return f"{language}-{script.title()}" if script else language
