"""Days, spans, numbers and lists, as the five languages write them."""

from datetime import date

import pytest

from onnuri.conventions import day_text, list_text, number_text, plain_day_text, span_of_days, till
from onnuri.vocabulary import LANGUAGES, bcp47, known_language

FRIDAY = date(2026, 5, 22)


@pytest.mark.parametrize(
    ("language", "with_weekday", "alone"),
    [
        ("ko", "2026년 5월 22일 (금)", "2026년 5월 22일"),
        ("en", "Fri 22 May 2026", "22 May 2026"),
        ("zh-hans", "2026年5月22日周五", "2026年5月22日"),
        ("ja", "2026年5月22日（金）", "2026年5月22日"),
        ("vi", "Thứ Sáu, 22/5/2026", "22/5/2026"),
    ],
)
def test_a_day_is_written_as_its_readers_write_it(language, with_weekday, alone):
    assert day_text(FRIDAY, language) == with_weekday
    assert plain_day_text(FRIDAY, language) == alone


def test_the_week_of_vietnamese_is_in_words_since_its_numbers_also_order_a_queue():
    week = [day_text(date(2026, 5, 18 + number), "vi").partition(",")[0] for number in range(7)]

    assert week == ["Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật"]


def test_only_japanese_spans_time_with_a_wave():
    assert {language: till(language) for language in LANGUAGES} == dict.fromkeys(LANGUAGES, "–") | {"ja": "\u301c"}


def test_days_are_spanned_with_air_where_the_language_types_spaces():
    assert span_of_days("5월 22일", "5월 24일", language="ko") == "5월 22일 – 5월 24일"
    assert span_of_days("5月22日", "5月24日", language="zh-hans") == "5月22日–5月24日"
    assert span_of_days("22 May", language="en") == "22 May"


def test_thousands_are_parted_and_vietnamese_swaps_point_and_comma():
    assert {language: number_text(6814.2, language) for language in LANGUAGES} == dict.fromkeys(
        LANGUAGES, "6,814.2"
    ) | {"vi": "6.814,2"}
    assert number_text(12345678, "zh-hans") == "12,345,678"


@pytest.mark.parametrize(
    ("language", "said"),
    [("ko", "A, B, C"), ("en", "A, B and C"), ("zh-hans", "A、B和C"), ("ja", "A、B、C"), ("vi", "A, B và C")],
)
def test_a_list_ends_as_a_sentence_does(language, said):
    assert list_text(["A", "B", "C"], language) == said
    assert [list_text([], language), list_text(["A"], language)] == ["", "A"]


@pytest.mark.parametrize("tag", ["zh", "zh-CN", "zh-Hans", "zh_SG", "ZH-hans-cn"])
def test_any_chinese_of_a_phone_is_the_chinese_there_is(tag):
    assert known_language(tag) == "zh-hans"
    assert bcp47("zh-hans") == "zh-Hans"
