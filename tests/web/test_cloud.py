"""A cloud of words never lets one word reach into another, and the same words always lie in the same places."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onnuri.web.stage.cloud import BASELINE, HEIGHT, LEAST, LINE, MOST_WORDS, WIDTH, lay_out

KOREAN = ("나무", "함께 걷기", "도서관", "골목", "빛")
OTHERS = ("walk together", "không gian", "みんなの広場", "AI", "ﷺ", "👩‍👩‍👧", "mmmmmmmmmmmmmmmmmmmm")
SHORT_OF_A_CELL = 8
said = st.lists(
    st.tuples(st.sampled_from([f"{word}{n}" for word in KOREAN + OTHERS for n in range(8)]), st.integers(1, 90)),
    max_size=70,
    unique_by=lambda one: one[0],
).map(lambda words: tuple(sorted(words, key=lambda one: (-one[1], one[0]))))
some = settings(max_examples=40, deadline=None, derandomize=True, database=None)


def box(one):
    top = one.y - BASELINE * one.size
    return one.x, top, one.x + one.length, top + LINE * one.size


def overlap(one, other):
    (a, b, c, d), (e, f, g, h) = box(one), box(other)
    return min(c, g) - max(a, e) > 1 and min(d, h) - max(b, f) > 1


@some
@given(said)
def test_no_two_words_overlap_and_none_sticks_out(words):
    placed = lay_out(words)

    assert not [pair for pair in combinations(placed, 2) if overlap(*pair)]
    for one in placed:
        left, top, right, bottom = box(one)
        assert (left >= 0, top >= -1, right <= WIDTH, bottom <= HEIGHT + SHORT_OF_A_CELL) == (True,) * 4, one


@some
@given(said)
def test_whoever_was_said_by_more_people_is_no_smaller_unless_it_is_longer(words):
    placed = {one.text: one for one in lay_out(words)}

    for (one, n), (other, m) in combinations([word for word in words if word[0] in placed], 2):
        if n > m and placed[one].length < 0.85 * WIDTH:
            assert placed[one].size >= placed[other].size


def test_the_same_words_lie_in_the_same_places():
    words = tuple((f"{word}{n}", 30 - n) for n, word in enumerate(KOREAN * 4))
    first = lay_out(words)
    lay_out.cache_clear()

    assert lay_out(words) == first


@pytest.mark.parametrize("count", [1, 5, 20, MOST_WORDS])
def test_sixty_words_of_a_hall_all_have_a_place(count):
    words = tuple((f"{KOREAN[n % 5]}{n}", max(58 - 2 * n, 1)) for n in range(count))

    placed = lay_out(words)

    assert [one.text for one in placed] == [text for text, _n in words]
    assert min(one.size for one in placed) >= LEAST
