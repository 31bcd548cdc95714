"""Topics without a model: shared words gather statements, each language by itself; the texts alone decide."""

import random

from hypothesis import given
from hypothesis import strategies as st
from tests.conversation.test_statement import thoroughly

from onnuri.conversation.similar import Other
from onnuri.conversation.topics import keywords, topics

HALL = [
    Other(1, "밤 버스를 자정까지 다니게 하자.", "ko"),
    Other(2, "버스 막차가 너무 일러요.", "ko"),
    Other(3, "도서관을 일요일에도 열어요.", "ko"),
    Other(4, "일요일 도서관에서 공부하고 싶어요.", "ko"),
    Other(5, "나무를 심자.", "ko"),
    Other(6, "Night buses until twelve", "en"),
    Other(7, "More night buses, please", "en"),
    Other(8, "夜间公交开到十二点", "zh-hans"),
    Other(9, "希望有夜间公交", "zh-hans"),
]


def test_what_speaks_of_the_same_stands_together():
    assert [t.numbers for t in topics(HALL)] == [(1, 2), (3, 4), (6, 7), (8, 9), (5,)]


def test_a_topic_is_named_by_words_of_its_own():
    by_numbers = {t.numbers: t for t in topics(HALL)}

    assert by_numbers[1, 2].words[0] == "버스"
    assert set(by_numbers[3, 4].words[:2]) == {"도서", "일요"}
    assert by_numbers[6, 7].words[:2] == ("night", "buses")
    assert all(t.middle in t.numbers for t in by_numbers.values())


def test_the_order_in_which_they_came_changes_nothing():
    shuffled = HALL[:]
    random.Random(7).shuffle(shuffled)

    assert {t.numbers for t in topics(shuffled)} == {t.numbers for t in topics(HALL)}


def test_nothing_and_one_and_texts_without_words():
    assert topics([]) == []
    assert [t.numbers for t in topics(HALL[:1])] == [(1,)]
    assert sorted(t.numbers for t in topics([Other(1, "?!", "ko"), Other(2, "...", "ko")])) == [(1,), (2,)]


def test_words_everybody_uses_are_no_subject():
    assert not keywords("우리 모두 더욱 하자", "ko")
    assert not keywords("we should have more of it", "en")


@thoroughly
@given(st.lists(st.tuples(st.text(alphabet="가나다라 ab", max_size=20), st.sampled_from(["ko", "en"])), max_size=15))
def test_every_statement_is_in_one_topic(texts):
    found = topics([Other(n, text, lang) for n, (text, lang) in enumerate(texts)])

    assert sorted(n for t in found for n in t.numbers) == list(range(len(texts)))
