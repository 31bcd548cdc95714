"""What a poll is made of, what an answer to it is, and what it comes to: rules without a database."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import cast
from tests.polling import SETTINGS

from onnuri.conversation import tally
from onnuri.conversation.interlude import (
    GRACE,
    MARKS,
    POINTS,
    POLLS,
    answer_rows,
    checked_settings,
    folded_word,
    require_between,
    standing,
    takes_answers,
    tidy_word,
)
from onnuri.errors import Refusal, Unprocessable
from onnuri.text import graphemes

OPENED, CLOSED = cast.minutes(1), cast.minutes(3)
MOMENT = timedelta(microseconds=1)
ACUTE, ZERO_WIDTH = "\u0301", "\u200b"
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
many = settings(max_examples=300, deadline=None, derandomize=True, database=None)


def refusal_of(act, *about, **more):
    with pytest.raises(Refusal) as refused:
        act(*about, **more)
    return refused.value.key, refused.value.field


# ---- its life


@pytest.mark.parametrize(
    ("at", "where", "takes"),
    [
        (OPENED, "open", True),
        (CLOSED - MOMENT, "open", True),
        (CLOSED, "counting", True),
        (CLOSED + GRACE - MOMENT, "counting", True),
        (CLOSED + GRACE, "over", False),
    ],
)
def test_what_was_on_its_way_when_a_poll_closed_still_counts(at, where, takes):
    closed_at = CLOSED if at >= CLOSED else None

    assert standing(opened_at=OPENED, closed_at=closed_at, at=at) == where
    assert takes_answers(opened_at=OPENED, closed_at=closed_at, at=at) is takes


def test_before_it_is_on_nobody_can_answer_and_uncounted_it_is_not_over():
    assert standing(opened_at=None, closed_at=None, at=CLOSED) == "prepared"
    assert not takes_answers(opened_at=None, closed_at=None, at=CLOSED)
    assert standing(opened_at=OPENED, closed_at=CLOSED, at=cast.minutes(60), counted=False) == "counting"


@pytest.mark.parametrize("segment", ["round", "shortlist", "ratification", "published"])
def test_nobody_talks_into_an_open_round(segment):
    assert refusal_of(require_between, segment) == ("round_is_open", None)


# ---- what it is made of


def options(*texts):
    return [{"ko": text} for text in texts]


@pytest.mark.parametrize(
    ("kind", "given", "refusal"),
    [
        ("single", {}, ("poll_options", "options")),
        ("single", {"options": options("하나")}, ("poll_options", "options")),
        ("multi", {"options": options("하나", "  ")}, ("poll_options", "options")),
        ("multi", {"options": options(*map(str, range(13)))}, ("poll_options", "options")),
        ("single", {"options": options("나무", " 나무 ")}, ("poll_same", "options_ko")),
        ("single", {"options": [{"ko": "하나", "en": "One"}, {"ko": "둘", "en": "ONE"}]}, ("poll_same", "options_en")),
        ("single", {"options": options("하나", "둘" * 81)}, ("text_too_long", "options_ko")),
        ("scale", {"points": 2}, ("poll_points", "points")),
        ("scale", {"points": 11}, ("poll_points", "points")),
        ("scale", {"points": None}, ("poll_points", "points")),
        ("scale", {"points": 5, "high": {"vi": "n" * 81}}, ("text_too_long", "high_vi")),
        ("words", {"words": 0}, ("poll_words", "words")),
        ("words", {"words": 4}, ("poll_words", "words")),
        ("words", {"words": None}, ("poll_words", "words")),
    ],
)
def test_a_poll_nobody_could_answer_is_not_made(kind, given, refusal):
    assert refusal_of(checked_settings, kind, given) == refusal


def test_blank_options_fall_out_and_a_language_may_be_missing():
    made = checked_settings("single", {"options": [{"ko": "하나", "en": ""}, {"ko": " "}, {"ko": "둘", "en": "Two"}]})

    assert made == {"options": [{"ko": "하나"}, {"ko": "둘", "en": "Two"}]}


# ---- an answer


@pytest.mark.parametrize(
    ("kind", "choice", "words"),
    [
        ("single", [], []),
        ("single", [3], []),
        ("single", [-1], []),
        ("single", [0, 1], []),
        ("single", [2**70], []),
        ("multi", [], []),
        ("multi", [0, 3], []),
        ("scale", [0], []),
        ("scale", [6], []),
        ("scale", [1, 2], []),
        ("single", [], ["나무"]),
        ("multi", [], ["나무"]),
    ],
)
def test_an_answer_that_was_not_offered_is_refused(kind, choice, words):
    assert refusal_of(answer_rows, kind, SETTINGS[kind], choice, words) == ("poll_choice", "choice")


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ([], "text_blank"),
        (["", "  "], "text_blank"),
        ([ZERO_WIDTH], "text_blank"),
        (["가", "나", "다"], "poll_words"),
        (["가" * 21], "text_too_long"),
        (["\ud800"], "text_not_unicode"),
    ],
)
def test_words_that_are_none_or_too_many_are_refused(words, key):
    assert refusal_of(answer_rows, "words", SETTINGS["words"], [], words) == (key, "words")


@pytest.mark.parametrize("word", ["가" * 20, "e" * 20, "ế" * 20, "漢" * 20, ("e" + ACUTE) * 20, FAMILY * 20])
def test_twenty_characters_are_twenty_in_every_writing(word):
    assert answer_rows("words", {"words": 1}, [], [word])[0][2] == tidy_word(word)
    assert refusal_of(answer_rows, "words", {"words": 1}, [], [word + word[0]]) == ("text_too_long", "words")


def test_the_same_word_twice_is_said_once():
    assert answer_rows("words", {"words": 3}, [], ["AI", " ai!", "나무"]) == [(0, 1, "AI"), (1, 1, "나무"), (2, 0, "")]


@many
@given(first=st.sets(st.integers(0, 2), min_size=1), then=st.sets(st.integers(0, 2), min_size=1))
def test_a_changed_answer_leaves_nothing_of_the_former_behind(first, then):
    stored = {}
    for chosen in (first, then):
        stored |= {part: value for part, value, _ in answer_rows("multi", SETTINGS["multi"], sorted(chosen), [])}

    assert {part for part, value in stored.items() if value} == then


# ---- one key for one word


@many
@given(st.text(min_size=1, max_size=20))
def test_a_word_as_kept_is_kept_the_same_again(word):
    try:
        kept = tidy_word(word)
    except Unprocessable:
        return

    assert tidy_word(kept) == kept
    assert 1 <= graphemes(kept) <= 20


@many
@given(st.text(min_size=1, max_size=20))
def test_folding_twice_is_folding_once(word):
    assert folded_word(folded_word(word)) == folded_word(word)


@many
@given(st.text("가나무를을 abcXYZéĐđ漢字ー", min_size=1, max_size=8), st.sampled_from(MARKS), st.sampled_from(MARKS))
def test_case_spaces_and_marks_at_the_ends_make_no_other_word(word, before, after):
    if not word.strip():
        return

    assert folded_word(f"{before} {word.upper()} {after}") == folded_word(word)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("나무", "\u1102\u1161\u1106\u116e"),
        ("Việt", "Vie" + "\u0323\u0302" + "t"),
        ("AI", "ＡＩ"),
        ("カフェ", "ｶﾌｪ"),
        ("Straße", "STRASSE"),
        ("❤", "❤\ufe0f"),
        ("함께 걷기", "함께\u3000걷기"),
    ],
)
def test_two_ways_to_write_it_are_one_word(one, other):
    assert folded_word(one) == folded_word(other)


@pytest.mark.parametrize(
    ("one", "other"), [("나무", "나무를"), ("ma", "má"), ("trees", "tree"), ("함께걷기", "함께 걷기")]
)
def test_a_particle_a_tone_and_an_ending_make_another_word(one, other):
    assert folded_word(one) != folded_word(other)


# ---- what it comes to


@st.composite
def answers_to(draw):
    """(kind, rows as stored): a voice with a channel, one answer each."""
    kind = draw(st.sampled_from(sorted(POLLS)))
    rows = []
    for voice in range(draw(st.integers(0, 12))):
        channel = draw(st.sampled_from(["hall", "online", "open"]))
        if kind == "words":
            own = answer_rows(
                kind, SETTINGS[kind], [], draw(st.lists(st.sampled_from("가나다Aa"), min_size=1, max_size=2))
            )
        elif kind == "multi":
            own = answer_rows(kind, SETTINGS[kind], draw(st.lists(st.integers(0, 2), min_size=1, max_size=3)), [])
        else:
            own = answer_rows(kind, SETTINGS[kind], [draw(st.integers(1, 2))], [])
        rows += [(voice, channel, *row) for row in own]
    return kind, rows


@many
@given(answers_to(), st.randoms(use_true_random=False))
def test_everybody_is_counted_once_and_the_order_is_nobodys_turn(answered, random):
    kind, rows = answered
    counted = tally.tally(kind, rows)
    mixed = random.sample(rows, len(rows))

    assert tally.tally(kind, mixed) == counted
    assert counted["people"] == sum(counted["channels"].values()) == len({voice for voice, *_ in rows})
    for counts in counted["parts"].values():
        assert all(n <= counted["channels"][channel] for channel, n in counts.items())
    if kind in {"single", "scale"}:
        assert sum(tally.people_of(counted, key) for key in counted["parts"]) == counted["people"]


@many
@given(st.lists(st.sampled_from(list(POINTS)), min_size=1, max_size=30))
def test_the_middle_of_a_scale_has_as_many_below_as_above(points):
    counted = tally.tally("scale", [(n, "hall", 0, point, "") for n, point in enumerate(points)])
    low, high = tally.middle(counted)

    assert 2 * sum(p < low for p in points) <= len(points)
    assert 2 * sum(p > high for p in points) <= len(points)
    assert not [p for p in points if low < p < high]


def test_of_several_spellings_the_one_most_people_wrote_is_shown():
    rows = [(n, "hall", 0, 1, word) for n, word in enumerate(["ai", "AI", "AI", "나무"])]

    assert tally.read_words(tally.tally("words", rows), {"ai"}) == [("AI", 3)]


@pytest.mark.parametrize(
    ("channels", "told"),
    [
        ({"hall": 50}, []),
        ({"hall": 50, "online": 5}, ["hall", "online"]),
        ({"hall": 50, "online": 4}, []),
        ({"hall": 50, "online": 9, "open": 2}, ["hall"]),
        ({"hall": 3, "online": 2}, []),
    ],
)
def test_a_small_channel_is_not_told_apart_nor_is_what_would_tell_of_it(channels, told):
    assert tally.channels_apart({"channels": channels}) == told
