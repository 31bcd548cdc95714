"""Text at the door: what people type in five languages, counted as they count, and nothing that cannot be read."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onnuri.errors import Unprocessable
from onnuri.text import graphemes, plain_text
from onnuri.vocabulary import STATEMENT_LIMIT

STEADY = settings(deadline=None, derandomize=True, max_examples=200)


def kept(text, limit=STATEMENT_LIMIT):
    return plain_text(text, limit=limit, field="text")


def refused(text, limit=STATEMENT_LIMIT):
    with pytest.raises(Unprocessable) as refusal:
        kept(text, limit)
    return refusal.value


# ---- counted as people count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("하나", 2),
        (unicodedata.normalize("NFC", "Tiếng Việt"), 10),
        ("e\u0301", 1),
        ("共识", 2),
        ("こんにちは", 5),
        ("a\nb", 3),
        ("a\r\nb", 3),
        ("👍🏽", 1),
        ("👩‍🚀", 1),
        ("👨‍👩‍👧‍👦", 1),
        ("🏳️‍🌈", 1),
        ("🇰🇷🇻🇳", 2),
        ("1️⃣", 1),
    ],
    ids=[
        "nothing",
        "Hangul",
        "Vietnamese",
        "a letter and its mark",
        "Chinese",
        "kana",
        "a line end",
        "a line end of two signs",
        "skin tone",
        "joined",
        "family",
        "rainbow flag",
        "two flags",
        "keycap",
    ],
)
def test_a_character_is_what_a_person_sees(text, count):
    assert graphemes(text) == count


def test_three_hundred_characters_are_three_hundred_in_every_spelling():
    for syllable in ("한", "ệ", "é", "👩‍🚀"):
        composed = unicodedata.normalize("NFC", syllable)
        decomposed = unicodedata.normalize("NFD", syllable)

        assert kept(decomposed * STATEMENT_LIMIT) == kept(composed * STATEMENT_LIMIT)
        assert refused(decomposed * (STATEMENT_LIMIT + 1)).key == "text_too_long"


def test_one_too_many_is_told_by_how_many():
    refusal = refused("가" * 305)

    assert (refusal.key, refusal.field) == ("text_too_long", "text")
    assert refusal.about == {"n": 5, "limit": 300}


def test_where_there_is_no_limit_a_long_text_is_welcome():
    assert kept("가" * 5000, limit=None) == "가" * 5000


# ---- what is kept


def test_the_same_word_is_the_same_text():
    assert kept("Tie\u0302\u0301ng Vie\u0323\u0302t") == "Tiếng Việt"
    assert kept("\u1112\u1161\u11ab") == "한"


def test_what_merely_looks_alike_is_left_as_it_was_written():
    for text in ("①", "ﬁ", "Ａ１", "ｶﾞ", "½"):
        assert kept(text) == text


def test_line_ends_are_of_one_kind_and_the_edges_are_trimmed():
    assert kept("  two\r\nlines\rand three \n\n") == "two\nlines\nand three"


def test_what_nobody_can_see_or_type_is_taken_out():
    assert kept("ri\u00adver\u200b \u202eedis\u202c\x07") == "river edis"
    assert kept("\ufeffbank") == "bank"


def test_what_joins_characters_stays():
    for joined in ("👩‍🚀", "🏴󠁧󠁢󠁷󠁬󠁳󠁿"):
        assert kept(joined) == joined
        assert graphemes(joined) == 1
    assert kept("می\u200cخواهم") == "می\u200cخواهم"


# ---- what is refused


@pytest.mark.parametrize(
    "text",
    ["", "   ", "\n\t ", "\u200b\u200d", "\u00ad", "\u3000", "\u2028", "\ufe0f", "\u202e\u202c"],
    ids=["nothing", "spaces", "lines", "zero width", "hyphen", "wide space", "line mark", "variant", "turned"],
)
def test_nothing_to_read_is_no_text(text):
    assert (refused(text).key, refused(text).field) == ("text_blank", "text")


@pytest.mark.parametrize("text", ["\u3164", "\u115f\u1160", "\uffa0", "\u2800"])
def test_a_filler_is_nothing_to_read_either(text):
    # The Hangul filler is what Korean phones know as an empty name.
    assert refused(text).key == "text_blank"


def test_a_tower_of_marks_is_more_than_one_character_to_the_printer():
    assert kept("e" + "\u0301" * 100) == "\u00e9" + "\u0301" * 99
    assert refused("e" + "\u0301" * 10_000).key == "text_too_long"


@pytest.mark.parametrize("text", ["half \ud83d", "\udc00", "zero \x00 byte"])
def test_what_is_no_text_is_refused(text):
    assert refused(text).key == "text_not_unicode"


# ---- any text at all


@STEADY
@given(text=st.text(max_size=40))
def test_any_text_is_refused_for_a_reason_or_can_be_read(text):
    try:
        found, reason = kept(text, limit=30), None
    except Unprocessable as refusal:
        found, reason = "-", refusal.key

    assert reason in {None, "text_blank", "text_too_long", "text_not_unicode"}
    assert found == found.strip()
    assert 0 < graphemes(found) <= 30
    assert not any(unicodedata.category(c) == "Cc" for c in found if c not in "\n\t")


@pytest.mark.parametrize("text", ["e\u200b\u0301", "\u1112\u00ad\u1161"])
def test_text_at_the_door_twice_is_the_same_text(text):
    once = kept(text)

    assert kept(once) == once
    assert unicodedata.is_normalized("NFC", once)


@STEADY
@given(text=st.text(max_size=60))
def test_counting_loses_nothing_and_never_counts_more_than_there_is(text):
    assert graphemes(text) <= len(text)
    assert (graphemes(text) == 0) is (text == "")
