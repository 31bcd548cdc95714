"""Who took part: at most three questions, kept with the voice, told from twelve people on."""

import pytest
from tests import cast

from onnuri.conversation.models import Trait, Voice
from onnuri.conversation.traits import ask_traits, by_voice, chosen
from onnuri.errors import Conflict, Unprocessable
from onnuri.publishing.models import PublishedLandscape

pytestmark = pytest.mark.django_db

WHO = ("누구로 오셨나요?", ["시민", "기업", "공무원"])


def test_mina_asks_and_nobody_must_answer():
    room = cast.conversation()
    asked = ask_traits(code=room.code, questions=[WHO], lang="ko")

    assert chosen(asked, {"1": "2"}) == [(1, 2)]
    assert chosen(asked, {}) == chosen(asked, {"1": ""}) == []
    assert chosen(asked, {"1": "9", "2": "1", "x": "y", "1 ": "1", "0": "1"}) == []


@pytest.mark.parametrize("options", [[], ["하나"], ["같음", "같음"], [str(n) for n in range(9)]])
def test_a_question_has_two_to_eight_different_options(options):
    with pytest.raises(Unprocessable) as refused:
        ask_traits(code=cast.conversation().code, questions=[("무엇", options)], lang="ko")
    assert refused.value.key == "traits_options"


def test_four_questions_are_too_many():
    with pytest.raises(Unprocessable) as refused:
        ask_traits(code=cast.conversation().code, questions=[WHO] * 4, lang="ko")
    assert refused.value.key == "traits_many"


def test_after_the_opening_nothing_is_asked_anew():
    room = cast.conversation()
    cast.open_round(room)

    with pytest.raises(Conflict):
        ask_traits(code=room.code, questions=[WHO], lang="ko")


def test_twelve_citizens_are_told_and_three_companies_are_not():
    room = cast.conversation(seeds=cast.TOPICS)
    ask_traits(code=room.code, questions=[WHO], lang="ko")
    room = cast.fresh(room)
    voices = cast.crowd(room)
    for index, own in enumerate(voices):
        Trait.objects.create(voice=own, name=1, value=1 if index < 27 else 2)

    cast.vote_round(room, voices)

    told = PublishedLandscape.objects.get().document["by_trait"]["누구로 오셨나요?"]
    assert told["기업"]["people"] is None
    assert all(cell.get("masked") for cell in told["기업"]["by_statement"].values())
    # Three companies and nobody else would be told by subtraction, so nobody is.
    assert told["시민"]["people"] is None
    assert set(by_voice(room)["누구로 오셨나요?"].values()) == {"시민", "기업"}


def test_two_large_kinds_are_both_told():
    room = cast.conversation(seeds=cast.TOPICS)
    ask_traits(code=room.code, questions=[WHO], lang="ko")
    voices = cast.crowd(cast.fresh(room))
    for index, own in enumerate(voices):
        Trait.objects.create(voice=own, name=1, value=1 + index % 2)

    cast.vote_round(room, voices)

    told = PublishedLandscape.objects.get().document["by_trait"]["누구로 오셨나요?"]
    assert (told["시민"]["people"], told["기업"]["people"]) == (15, 15)


def test_who_leaves_takes_it_along():
    own = cast.voice(cast.conversation())
    Trait.objects.create(voice=own, name=1, value=1)

    own.delete()

    assert (Voice.objects.count(), Trait.objects.count()) == (0, 0)
