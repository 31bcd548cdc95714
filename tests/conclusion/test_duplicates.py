"""Near-duplicates: one idea stands once on a slate, and nothing is set apart for its words alone."""

import numpy as np
import pytest

from onnuri.conclusion.duplicates import near_duplicates, set_apart, word_similarity
from onnuri.landscape import Votes

PEOPLE = 40


def votes(**said):
    """Statement 1, 2, ... answered by everybody as told: a function of the person."""
    rows = [(p, s, says(p)) for s, says in enumerate(said.values(), start=1) for p in range(PEOPLE)]
    columns = np.array(rows).T
    return Votes(participant=columns[0], statement=columns[1], value=columns[2])


def half(person):
    return 1 if person % 2 else -1


def other_half(person):
    return -half(person)


def nearly_all(person):
    return 1 if person % 10 else -1


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("More night buses for the whole city", "More night buses for the entire city"),
        ("밤에도 버스를 더 다니게 해야 한다", "밤에도 버스가 더 다니게 하자"),
        ("夜间公交车应该更多地覆盖整个城市", "夜间公交车应当更多地覆盖整个城市"),
    ],
    ids=["English", "Korean", "Chinese"],
)
def test_the_same_idea_in_nearly_the_same_words_answered_alike_is_a_duplicate(one, two):
    assert near_duplicates(votes(one=half, two=half), {1: one, 2: two}, 1, 2)


def test_the_opposite_in_nearly_the_same_words_is_none():
    texts = {1: "Cars should be allowed in the old town", 2: "Cars should not be allowed in the old town"}

    assert not near_duplicates(votes(one=half, two=other_half), texts, 1, 2)


def test_another_number_is_another_idea_however_alike_the_answers():
    texts = {1: "The fund should hold 10 million a year", 2: "The fund should hold 90 million a year"}

    assert not near_duplicates(votes(one=half, two=half), texts, 1, 2)


def test_different_sentences_of_one_camp_are_none():
    texts = {1: "Close the harbour road to lorries", 2: "Free school meals for every child"}

    assert not near_duplicates(votes(one=half, two=half), texts, 1, 2)


def test_what_nearly_all_like_is_known_by_the_same_answers():
    texts = {1: "Teach every child to swim at school", 2: "Teach every child to swim at schools"}

    assert near_duplicates(votes(one=nearly_all, two=nearly_all), texts, 1, 2)


@pytest.mark.parametrize("texts", [{}, {1: "", 2: ""}, {1: "의견 하나", 2: "의견 둘"}])
def test_without_words_nothing_is_set_apart(texts):
    assert set_apart(votes(one=half, two=half), texts, [1, 2], 20) == {}


def test_the_same_sentence_twice_is_one_even_unanswered():
    assert set_apart(votes(one=half), {1: "More trees!", 9: "more  trees"}, [1, 9], 20) == {9: 1}


def test_words_are_as_alike_as_the_letters_they_share():
    assert word_similarity("abcd", "abcd") == 1
    assert word_similarity("abcd", "wxyz") == 0
    # " a", "ab", ... in threes: " ab", "abc", "bc " against " ab", "abd", "bd ".
    assert word_similarity("abc", "abd") == pytest.approx(2 * 1 / 6)
