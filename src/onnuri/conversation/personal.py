"""What looks like somebody's personal data in a short text: numbers, addresses of the net, names of messengers. Pure.

Rules, not a model: measured on civic sentences, a detector of names takes a fifth of them for people.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final, Literal, NamedTuple, get_args

What = Literal["resident", "card", "passport", "phone", "email", "url", "account", "messenger"]
WHATS: Final[tuple[What, ...]] = get_args(What)
MASKED: Final[frozenset[What]] = frozenset({"resident", "card", "passport"})
"""Stored without their digits: nobody can want them in public."""
DOT: Final = "●"

RULES: Final[tuple[tuple[What, re.Pattern[str]], ...]] = (
    # No check digit: those given out since October 2020 have none.
    (
        "resident",
        re.compile(r"(?<!\d)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\s?[-–]\s?)?[1-8]\d{6}(?!\d)"),
    ),
    ("card", re.compile(r"(?<!\d)(?:\d{4}[ -]?){3}\d{3,4}(?!\d)|(?<!\d)3[47]\d{2}[ -]?\d{6}[ -]?\d{5}(?!\d)")),
    (
        "passport",
        re.compile(
            r"(?<![A-Za-z\d])[MSRODG]\d{3}[A-Z]\d{4}(?![A-Za-z\d])"
            r"|(?:여권|passport|护照|パスポート|旅券|hộ chiếu)\D{0,12}?(?-i:[A-Z]{1,2})\d{7,8}(?!\d)",
            re.IGNORECASE,
        ),
    ),
    (
        "email",
        re.compile(
            r"[\w.+-]+\s?(?:@|\(at\)|\[at\]|골뱅이)\s?[\w-]+(?:\s?(?:\.|\(dot\)|점)\s?[a-z]{2,})+", re.IGNORECASE
        ),
    ),
    (
        "url",
        re.compile(
            r"https?://\S+|www\.\S+|(?<![\w@.])[a-z0-9-]+(?:\.[a-z0-9-]+)*"
            r"\.(?:com|net|org|kr|io|me|gg|ly|jp|cn|vn|app|shop|link)(?:/\S*)?(?![a-z0-9@])",
            re.IGNORECASE,
        ),
    ),
    (
        "phone",
        re.compile(
            r"(?<![\d-])(?:\+82[\s-]?\(?0?\)?|0)(?:1[016789]|2|[3-6][1-5]|70|50\d)[\s.)-]{0,2}\d{3,4}[\s.-]?\d{4}(?![\d-])"
            r"|(?<!\d)\+(?:81|84|86|1|44)[\s-]?\d(?:[\s.-]?\d){7,10}(?!\d)"
            r"|(?<![\d-])1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}(?![\d-])"
            r"|(?<![\d-])0[35789]\d{1,2}[\s.-]\d{3}[\s.-]\d{3,4}(?![\d-])|(?<![\d-])1[568]\d{2}-\d{4}(?![\d-])"
        ),
    ),
    (
        "account",
        re.compile(
            r"(?:계좌|입금|송금|은행|뱅크|농협|신협|우체국"
            r"|账号|账户|口座|tài khoản|stk|account)\D{0,16}?\d[\d -]{7,18}\d",
            re.IGNORECASE,
        ),
    ),
    (
        "messenger",
        re.compile(
            r"(?:카톡|카카오톡|오픈채팅|텔레그램|텔레|인스타그램|인스타|라인|위챗"
            r"|kakao(?:talk)?|telegram|instagram|insta|wechat|微信|zalo"
            r"|(?<![a-z])line)\s?(?:아이디|id|계정|号|:|：|은|는|@)+\s?:?\s?@?[a-z0-9][\w.-]{3,}",
            re.IGNORECASE,
        ),
    ),
)


class Found(NamedTuple):
    """Where it stands, and what it looks like."""

    span: tuple[int, int]
    what: What


def personal(text: str) -> list[Found]:
    """What looks like personal data, from the left; where two rules meet, the first of `RULES` speaks.

    >>> personal("문의는 010-1234-5678로")
    [Found(span=(4, 17), what='phone')]
    """
    found: list[Found] = []
    for what, rule in RULES:
        for hit in rule.finditer(text):
            if all(hit.end() <= f.span[0] or f.span[1] <= hit.start() for f in found):
                found.append(Found(hit.span(), what))
    return sorted(found)


def masked(text: str) -> str:
    """The text as it is stored: the digits of resident, card and passport numbers are dots; all else stays.

    >>> masked("제 번호는 900101-1234567이고 버스는 21번")
    '제 번호는 ●●●●●●-●●●●●●●이고 버스는 21번'
    """
    hidden = [f.span for f in personal(text) if f.what in MASKED]
    cuts = [0, *(at for span in hidden for at in span), len(text)]
    return "".join(
        _dotted(text[start:end]) if place % 2 else text[start:end] for place, (start, end) in enumerate(pairwise(cuts))
    )


def _dotted(number: str) -> str:
    return re.sub(r"\d", DOT, number)
