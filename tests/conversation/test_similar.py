"""Similar statements: a hint that says so, never a verdict; the contrary is told apart as well as words allow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conversation.test_statement import thoroughly

from onnuri.conversation.polarity import maybe_opposite
from onnuri.conversation.similar import Index, Near, Other, alike, letters, nearest

STATEMENTS = [
    Other(1, "비어 있는 상가 1층을 작은 회사가 석 달씩 써 보게 하자.", "ko"),
    Other(2, "밤 11시 이후에도 마을버스를 다니게 하자.", "ko"),
    Other(3, "주차 요금을 올리자", "ko"),
    Other(4, "The library should stay open until ten.", "en"),
    Other(5, "图书馆应该开到晚上十点。", "zh-hans"),
    Other(6, "図書館を夜十時まで開けるべきだ。", "ja"),
    Other(7, "Thư viện nên mở cửa đến mười giờ tối.", "vi"),
]
FEW_LETTERS = st.text(alphabet="가나다라 abc", max_size=30)


def test_another_ending_and_other_spaces_are_the_same_sentence():
    (near, *_) = nearest("비어있는 상가 1층을 작은 회사들이 석달씩 써보게 합시다", "ko", STATEMENTS)
    assert near.number == 1
    assert not near.maybe_opposite


@pytest.mark.parametrize(
    ("text", "lang", "number"),
    [
        ("The library should stay open till ten", "en", 4),
        ("图书馆应当开放到晚上十点", "zh-hans", 5),
        ("図書館は夜十時まで開けるべきです", "ja", 6),
        ("Thư viện nên mở cửa tới mười giờ tối", "vi", 7),
    ],
)
def test_every_language_of_the_hall_is_looked_at(text, lang, number):
    assert [n.number for n in nearest(text, lang, STATEMENTS)] == [number]


def test_a_number_by_itself_makes_no_likeness():
    assert nearest("공원을 늘려 아이들이 뛰놀게 하자", "ko", STATEMENTS) == []


def test_nothing_is_said_while_somebody_has_only_begun():
    assert nearest("밤", "ko", STATEMENTS) == nearest("", "ko", STATEMENTS) == nearest("?!", "ko", STATEMENTS) == []


def test_at_most_three_and_the_nearest_first():
    texts = ["밤 버스를 늘리자", "밤 버스를 늘리자!", "밤에 버스를 늘리자", "밤 버스를 더 늘리자", "낮 버스를 늘리자"]
    found = nearest("밤 버스를 늘리자", "ko", [Other(i, t, "ko") for i, t in enumerate(texts, start=1)])
    assert len(found) == 3
    assert found[:2] == [Near(1, 1.0, False), Near(2, 1.0, False)]


@pytest.mark.parametrize(
    ("one", "two", "lang"),
    [
        ("주차 요금을 올리자", "주차 요금을 내리자", "ko"),
        ("도심 주차를 허용해야 한다", "도심 주차를 허용하면 안 된다", "ko"),
        ("도심 주차를 허용하자", "도심 주차를 허용하지 말자", "ko"),
        ("체육관을 무료로 하자", "체육관을 유료로 하자", "ko"),
        ("회의록을 공개하자", "회의록을 비공개하자", "ko"),
        ("Raise the parking fee", "Lower the parking fee", "en"),
        ("We should close the pool on Sundays", "We should not close the pool on Sundays", "en"),
        ("应该提高停车费", "应该降低停车费", "zh-hans"),
        ("应该允许在公园遛狗", "不应该允许在公园遛狗", "zh-hans"),
        ("駐車料金を上げるべきだ", "駐車料金を下げるべきだ", "ja"),
        ("日曜もプールを開けるべきだ", "日曜もプールを開けるべきではない", "ja"),
        ("Nên tăng phí đỗ xe", "Nên giảm phí đỗ xe", "vi"),
        ("Nên cho phép bán hàng rong", "Không nên cho phép bán hàng rong", "vi"),
    ],
)
def test_the_contrary_is_told_apart(one, two, lang):
    assert maybe_opposite(one, lang, two, lang)
    assert maybe_opposite(two, lang, one, lang)
    assert not maybe_opposite(one, lang, one, lang)


@pytest.mark.parametrize(
    ("one", "two", "lang"),
    [
        ("요금을 올리자", "요금을 내리지 말자", "ko"),
        ("주민 동의 없이 개발하지 않으면 안 된다", "주민 동의 없이 개발해야 한다", "ko"),
        ("여기까지 마을버스가 다니게 하자", "여기로 마을버스가 다니게 하자", "ko"),
        ("안전한 통학로를 만들자", "통학로를 안전하게 만들자", "ko"),
        ("Not only buses but trams too", "Buses and trams too", "en"),
        ("不仅要修路，还要种树", "要修路，还要种树", "zh-hans"),
        ("道を直さなければならない", "道を直すべきだ", "ja"),
        ("Cần không khí sạch", "Cần bầu trời sạch", "vi"),
    ],
)
def test_what_only_looks_like_a_no_is_none(one, two, lang):
    assert not maybe_opposite(one, lang, two, lang)


def test_an_unknown_language_is_read_as_english():
    assert maybe_opposite("Ban cars", "fr", "Cars", "fr")


@thoroughly
@given(st.text(max_size=80), st.text(max_size=80))
def test_likeness_is_even_handed(one, two):
    first, second = letters(one), letters(two)
    assert alike(first, second) == alike(second, first)
    assert 0 <= alike(first, second) <= 1
    assert alike(first, first) == (1 if first else 0)


@thoroughly
@given(
    st.lists(st.text(alphabet="가나다라 abc", max_size=30), max_size=12), st.text(alphabet="가나다라 abc", max_size=30)
)
def test_the_index_finds_what_comparing_all_finds(texts, text):
    others = [Other(i, t, "ko") for i, t in enumerate(texts)]
    own = letters(text)
    by_hand = [
        o.number
        for o in others
        if len(own) >= 4
        and round(alike(own, letters(o.text)), 3) >= (0.6 if min(len(own), len(letters(o.text))) < 20 else 0.7)
    ]
    found = [near.number for near in Index(others).nearest(text, "ko", most=100)]
    # What shares no two letters in a row is never looked at; of what is found nothing is wrong.
    assert set(found) <= set(by_hand)
    assert {n for n in by_hand if letters(texts[n]) == own} <= set(found)
