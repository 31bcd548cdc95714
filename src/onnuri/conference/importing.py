"""Reading a list of people from a file: each line becomes a claim, or says why it cannot."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from onnuri.conference.claims import Ask, Person, checked_ask, checked_person
from onnuri.conference.sheets import read_table
from onnuri.errors import Refusal, Unprocessable
from onnuri.vocabulary import known_language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HEADS: Final[Mapping[str, Sequence[str]]] = {
    "name": ("name", "이름", "성명", "참석자", "姓名", "名前", "氏名", "お名前", "tên", "họtên", "họvàtên"),
    "email": (
        *("email", "mail", "emailaddress", "address", "이메일", "메일", "이메일주소", "메일주소"),
        *("邮箱", "电子邮箱", "电子邮件", "メール", "メールアドレス", "địachỉemail"),
    ),
    "wish": (
        *("place", "wish", "channel", "자리", "참석방식", "참여방식"),
        *("席位", "参会方式", "参与方式", "参加方法", "席", "chỗ", "hìnhthứcthamdự"),
    ),
    "seats": ("seats", "party", "인원", "인원수", "명", "人数", "sốngười"),
    "needs": ("needs", "accessibility", "도움", "필요한도움", "需要的帮助", "必要な支援", "cầnhỗtrợ"),
    "companions": ("companions", "동행", "동행자", "동행이름", "同行人", "同行者", "ngườiđicùng"),
    "language": ("language", "lang", "언어", "语言", "言語", "ngônngữ"),
}
WISHES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("", "hall", "seat", "현장", "좌석", "오프라인", "现场", "会場", "tại hội trường"), "hall"),
    **dict.fromkeys(("online", "온라인", "线上", "オンライン", "trực tuyến"), "online"),
    **dict.fromkeys(
        (
            *("hall_or_online", "hall or online", "현장 또는 온라인", "현장이 안 되면 온라인"),
            *("现场或线上", "会場またはオンライン", "tại hội trường hoặc trực tuyến"),
        ),
        "hall_or_online",
    ),
}
LANGUAGES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("korean", "한국어", "韩语", "韩国语", "韓国語", "tiếng hàn"), "ko"),
    **dict.fromkeys(("english", "영어", "英语", "英語", "tiếng anh"), "en"),
    **dict.fromkeys(("chinese", "중국어", "中文", "简体中文", "中国語", "tiếng trung"), "zh-hans"),
    **dict.fromkeys(("japanese", "일본어", "日语", "日本語", "tiếng nhật"), "ja"),
    **dict.fromkeys(("vietnamese", "베트남어", "越南语", "ベトナム語", "tiếng việt"), "vi"),
}
"""Languages by their names; their codes are known anyway."""
TEMPLATE: Final[Mapping[str, Sequence[str]]] = {
    "ko": ("이름", "이메일", "자리", "인원", "동행", "도움", "언어"),
    "en": ("name", "email", "place", "seats", "companions", "needs", "language"),
    "zh-hans": ("姓名", "邮箱", "席位", "人数", "同行人", "需要的帮助", "语言"),
    "ja": ("名前", "メールアドレス", "席", "人数", "同行者", "必要な支援", "言語"),
    "vi": ("tên", "email", "chỗ", "số người", "người đi cùng", "cần hỗ trợ", "ngôn ngữ"),
}
IN_THE_HALL: Final[Mapping[str, str]] = {
    "ko": "현장", "en": "hall", "zh-hans": "现场", "ja": "会場", "vi": "tại hội trường",
}  # fmt: skip
"""What a template's example says of the place."""
PARTED: Final = re.compile(r"[;,/\n]")
MOST_DIGITS: Final = 4


@dataclass(frozen=True)
class Line:
    """One line of the file: what it asks for, or why it is refused."""

    number: int
    name: str
    email: str
    ask: Ask | None = None
    refusal: Refusal | None = None


@dataclass(frozen=True)
class Sheet:
    """A file that was read: its lines, and the heads of columns that mean nothing here."""

    lines: tuple[Line, ...]
    unused: tuple[str, ...]


def read_sheet(content: bytes, *, party_limit: int, language: str) -> Sheet:
    """Read a file of people.

    Args:
        content: of a CSV or XLSX file whose first row names the columns.
        party_limit: seats one claim may ask for.
        language: of people whose line does not say theirs.

    Raises:
        TooLarge, Unprocessable: it is no such file, or lacks the columns for name and address.
    """
    first, *rest = read_table(content)
    columns = columns_of(first)
    if not {"name", "email"} <= set(columns):
        raise Unprocessable("import_columns", field="file")
    lines, seen = [], dict[str, Line]()
    for number, row in enumerate(rest, 2):
        told = {name: row[at].strip() if at < len(row) else "" for name, at in columns.items()}
        if any(told.values()):
            lines.append(_line(number, told, seen, party_limit, language))
    if not lines:
        raise Unprocessable("import_empty", field="file")
    used = set(columns.values())
    return Sheet(tuple(lines), tuple(head.strip() for at, head in enumerate(first) if at not in used and head.strip()))


def columns_of(heads: Sequence[str]) -> dict[str, int]:
    """Where each known column stands; the first of two alike counts.

    >>> columns_of(["성명", "E-mail", "전화", "이름"])
    {'name': 0, 'email': 1}
    """
    found: dict[str, int] = {}
    for at, head in enumerate(heads):
        word = "".join(c for c in unicodedata.normalize("NFC", head).casefold() if c.isalnum())
        for name, known in HEADS.items():
            if word in known:
                found.setdefault(name, at)
    return found


def _line(number: int, told: Mapping[str, str], seen: dict[str, Line], party_limit: int, language: str) -> Line:
    try:
        ask = checked_ask(party_limit, _ask(told, language))
        assert ask.person is not None  # noqa: S101 - an imported claim says whose it is
        before = seen.get(ask.person.email)
        if before is not None:
            raise Unprocessable("import_twice", field="email", line=before.number)
    except Refusal as refusal:
        return Line(number, told["name"], told["email"], refusal=refusal)
    line = Line(number, ask.person.name, ask.person.email, ask)
    seen[ask.person.email] = line
    return line


def _ask(told: Mapping[str, str], language: str) -> Ask:
    wish = WISHES.get(unicodedata.normalize("NFC", told.get("wish", "")).casefold())
    if wish is None:
        raise Unprocessable("wish", field="wish")
    companions = [name.strip() for name in PARTED.split(told.get("companions", "")) if name.strip()]
    seats = _seats(told.get("seats", ""), len(companions))
    needs = told.get("needs", "")
    person = checked_person(
        Person(told["name"], told["email"], needs, {"email": True, "sensitive": bool(needs)}, tuple(companions)), seats
    )
    own = language_named(told.get("language", "")) or language
    return Ask(key_of(person, wish, seats), wish, seats, person, language=own, source="import")


def language_named(word: str) -> str | None:
    """A language by its name in any of the five, or by its code.

    >>> language_named("Tiếng Việt"), language_named("zh-CN"), language_named("한국어"), language_named("?")
    ('vi', 'zh-hans', 'ko', None)
    """
    plain = unicodedata.normalize("NFC", word).strip().casefold()
    return LANGUAGES.get(plain) or known_language(plain)


def _seats(written: str, companions: int) -> int:
    if not written:
        return 1 + companions
    plain = written.isascii() and written.isdecimal() and len(written) <= MOST_DIGITS
    seats = int(written) if plain else 0
    if companions >= seats > 0:
        raise Unprocessable("import_companions", field="companions")
    return seats


def key_of(person: Person, wish: str, seats: int) -> str:
    """The idempotency key of a line: its content's digest, so that the same line again is the same claim."""
    content = [person.name, person.email, person.needs, list(person.companions), wish, seats]
    return f"import-{hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()[:48]}"
