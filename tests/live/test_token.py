"""Signed proofs: whose voice a cookie is, which round a deck belongs to, who the host is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onnuri.live.token import Signer, cookie_name

SIGNER = Signer(b"k" * 32)
numbers = st.integers(0, 2**48 - 1)
thoroughly = settings(max_examples=100, deadline=None, derandomize=True, database=None)


@thoroughly
@given(conversation=numbers, number=numbers)
def test_what_was_signed_is_read_again(conversation, number):
    assert SIGNER.voice_of(conversation, SIGNER.voice(conversation, number)) == number
    assert SIGNER.round_of(conversation, SIGNER.round_ticket(conversation, number)) == number
    assert SIGNER.is_host("c", number, SIGNER.host("c", number))


@thoroughly
@given(conversation=numbers, number=numbers, other=numbers)
def test_it_stands_for_nothing_else(conversation, number, other):
    voice, ticket, host = (
        SIGNER.voice(conversation, number),
        SIGNER.round_ticket(conversation, number),
        SIGNER.host("c", number),
    )

    assert SIGNER.round_of(conversation, voice) is None
    assert SIGNER.voice_of(conversation, ticket) is None
    assert SIGNER.voice_of(conversation, host) is None
    assert not SIGNER.is_host("c", number, voice)
    assert not SIGNER.is_host("e", number, host)
    if other != conversation:
        assert SIGNER.voice_of(other, voice) is None
        assert SIGNER.round_of(other, ticket) is None
    if other != number:
        assert not SIGNER.is_host("c", other, host)


@thoroughly
@given(text=st.text(max_size=80))
def test_no_text_is_a_proof_by_accident(text):
    assert SIGNER.voice_of(1, text) is None
    assert SIGNER.round_of(1, text) is None
    assert not SIGNER.is_host("c", 1, text)


@thoroughly
@given(number=numbers, place=st.integers(0, 200), letter=st.sampled_from("AZaz09-_.=\x00é한\ud800"))
def test_one_letter_changed_and_it_is_none(number, place, letter):
    signed = SIGNER.voice(1, number)
    place %= len(signed)
    forged = signed[:place] + letter + signed[place + 1 :]

    assert SIGNER.voice_of(1, forged) == (number if forged == signed else None)


FORGED = {
    "nothing": None,
    "empty": "",
    "a number alone": "7",
    "no proof": "7.",
    "no number": "." + SIGNER.voice(1, 7).partition(".")[2],
    "less than nothing": "-7." + SIGNER.voice(1, 7).partition(".")[2],
    "a leading zero": "0" + SIGNER.voice(1, 7),
    "a number in another script": SIGNER.voice(1, 7).replace("7.", "٧."),
    "a power": SIGNER.voice(1, 2).replace("2.", "²."),
    "without end": "9" * 5000 + "." + SIGNER.voice(1, 7).partition(".")[2],
    "a space behind": SIGNER.voice(1, 7) + " ",
    "cut off": SIGNER.voice(1, 7)[:-1],
}


@pytest.mark.parametrize("cookie", FORGED.values(), ids=FORGED)
def test_a_forged_cookie_speaks_for_nobody(cookie):
    assert SIGNER.voice_of(1, cookie) is None


def test_another_houses_key_signs_nothing_here():
    assert SIGNER.voice_of(1, Signer(b"o" * 32).voice(1, 7)) is None


def test_the_proof_fits_into_a_cookie_as_it_is():
    signed = SIGNER.voice(2**48, 2**48)

    assert len(signed) < 64
    assert all(c.isascii() and (c.isalnum() or c in "-_.") for c in signed)


def test_the_key_cannot_be_read_from_a_proof():
    assert "k" * 8 not in SIGNER.voice(1, 7)
    assert SIGNER.voice(1, 7) != SIGNER.voice(2, 7)


def test_one_cookie_a_conversation():
    assert cookie_name("ABC234") == "voice_ABC234"
