"""How days, spans of time, numbers and lists are written in each language. See the words' table in GLOSSARY.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

WEEKDAYS: Final = {
    "ko": tuple("월화수목금토일"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "zh-hans": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "ja": tuple("月火水木金土日"),
    "vi": ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật"),
}
MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
DAYS: Final = {
    "ko": "{year}년 {month}월 {day}일 ({weekday})",
    "en": "{weekday} {day} {month_name} {year}",
    "zh-hans": "{year}年{month}月{day}日{weekday}",
    "ja": "{year}年{month}月{day}日（{weekday}）",
    "vi": "{weekday}, {day}/{month}/{year}",
}
"""Always with the year: what is read here may be years old."""
DAYS_ALONE: Final = {
    "ko": "{year}년 {month}월 {day}일",
    "en": "{day} {month_name} {year}",
    "zh-hans": "{year}年{month}月{day}日",
    "ja": "{year}年{month}月{day}日",
    "vi": "{day}/{month}/{year}",
}
LAST_OF_A_LIST: Final = {"en": " and ", "zh-hans": "和", "vi": " và "}
BETWEEN_OF_A_LIST: Final = {"zh-hans": "、", "ja": "、"}
WITHOUT_SPACES: Final = frozenset({"zh-hans", "ja"})
ELSEWHERE: Final = "en"
"""Whose way a language has that is not here."""


def day_text(day: date, language: str) -> str:
    """A day with its weekday.

    >>> from datetime import date
    >>> [day_text(date(2026, 5, 22), language) for language in ("ko", "en", "ja")]
    ['2026년 5월 22일 (금)', 'Fri 22 May 2026', '2026年5月22日（金）']
    >>> [day_text(date(2026, 5, 22), language) for language in ("zh-hans", "vi")]
    ['2026年5月22日周五', 'Thứ Sáu, 22/5/2026']
    """
    return _written(DAYS, day, language)


def plain_day_text(day: date, language: str) -> str:
    """A day without its weekday.

    >>> from datetime import date
    >>> [plain_day_text(date(2026, 5, 22), language) for language in ("ko", "en", "vi")]
    ['2026년 5월 22일', '22 May 2026', '22/5/2026']
    """
    return _written(DAYS_ALONE, day, language)


def _written(ways: dict[str, str], day: date, language: str) -> str:
    weekdays = WEEKDAYS.get(language, WEEKDAYS[ELSEWHERE])
    return ways.get(language, ways[ELSEWHERE]).format(
        year=day.year,
        month=day.month,
        month_name=MONTHS[day.month - 1],
        day=day.day,
        weekday=weekdays[day.weekday()],
    )


def till(language: str) -> str:
    """What stands between the two ends of a span: an en dash, in Japanese a wave dash (U+301C).

    >>> f"14:00{till('en')}16:00", f"14:00{till('ja')}16:00"
    ('14:00–16:00', '14:00〜16:00')
    """
    return "\u301c" if language == "ja" else "–"


def span_of_days(*days: str, language: str) -> str:
    """From the first day to the last, each as it is written; Chinese and Japanese type no spaces.

    >>> span_of_days("22 May 2026", "24 May 2026", language="en"), span_of_days("5月22日", "5月24日", language="ja")
    ('22 May 2026 – 24 May 2026', '5月22日〜5月24日')
    """
    dash = till(language)
    return (dash if language in WITHOUT_SPACES else f" {dash} ").join(days)


def number_text(number: float, language: str) -> str:
    """A number in full, its thousands parted; a whole one without decimals.

    >>> number_text(6814, "ko"), number_text(6814.2, "en"), number_text(6814.2, "vi")
    ('6,814', '6,814.2', '6.814,2')
    """
    written = f"{number:,}"
    return written.translate(str.maketrans(",.", ".,")) if language == "vi" else written


def list_text(items: Sequence[str], language: str) -> str:
    """Several things in a sentence.

    >>> [list_text(["A", "B", "C"], language) for language in ("ko", "en", "zh-hans", "ja", "vi")]
    ['A, B, C', 'A, B and C', 'A、B和C', 'A、B、C', 'A, B và C']
    """
    between = BETWEEN_OF_A_LIST.get(language, ", ")
    last = LAST_OF_A_LIST.get(language, between)
    return last.join(filter(None, (between.join(items[:-1]), *items[-1:])))
