"""What looks the same is the same to whoever reads it."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onnuri.conversation.lookalike import TWINS, mixed_words, skeleton
from onnuri.conversation.statement import checked_text
from onnuri.errors import Conflict

CYRILLIC_A, CYRILLIC_O, OMICRON = (
    "\N{CYRILLIC SMALL LETTER A}",
    "\N{CYRILLIC SMALL LETTER O}",
    "\N{GREEK SMALL LETTER OMICRON}",
)
ONE = "We need a park."


@pytest.mark.parametrize(
    "other",
    [
        "we  need a PARK.",
        f"We need {CYRILLIC_A} park.",
        "We need a pa\N{ZERO WIDTH JOINER}rk.",
        "We need a ｐａｒｋ.",
        "We need a park\N{VARIATION SELECTOR-16}.",
    ],
    ids=["case and spaces", "a look-alike", "a joiner", "wide letters", "a selector"],
)
def test_the_same_statement_to_the_eye_is_there_already(other):
    with pytest.raises(Conflict, match="same_text"):
        checked_text(other, [ONE])


@pytest.mark.parametrize("other", ["We need a bark.", "We need no park.", "공원이 필요해요.", "We need 2 parks."])
def test_another_statement_is_another(other):
    assert checked_text(other, [ONE]) == other


def test_what_is_stored_is_what_was_written():
    assert checked_text("Ｐａｒｋ", []) == "Ｐａｒｋ"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"the m{CYRILLIC_A}yor", [f"m{CYRILLIC_A}yor"]),
        (f"z{OMICRON}ne, z{CYRILLIC_O}ne", [f"z{OMICRON}ne", f"z{CYRILLIC_O}ne"]),
        ("강변 park와 東京タワー", []),
        ("Москва and Αθήνα", []),
        ("𝒫ark", []),
        ("", []),
    ],
)
def test_a_word_of_two_alphabets_is_told_to_the_moderator(text, words):
    assert mixed_words(text) == words


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.text(max_size=60))
def test_a_skeleton_has_the_same_skeleton(text):
    assert skeleton(skeleton(text)) == skeleton(text)


def test_every_twin_is_one_letter_of_another_script():
    assert all(unicodedata.category(chr(a))[0] in "LN" and chr(b).isascii() for a, b in TWINS.items())
