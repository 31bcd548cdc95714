"""A moderator would write it otherwise: the author decides which wording people read."""

import pytest
from tests import cast

from onnuri.conversation import actions
from onnuri.conversation.deciding import hold, resume
from onnuri.conversation.suggesting import keep, suggest, take
from onnuri.errors import Conflict, Forbidden

pytestmark = pytest.mark.django_db
BETTER = "저녁에도 강변에 불을 켜 두자."


@pytest.fixture
def jun():
    return cast.voice(cast.conversation())


@pytest.fixture
def written(jun):
    return actions.write_statement(
        code=jun.conversation.code, voice=jun.pk, text="불좀 켜라!!", lang="ko", at=cast.MORNING
    )


def suggested(written, text=BETTER):
    return suggest(code=written.conversation.code, number=written.number, text=text, who="Mina", at=cast.minutes(1))


def test_jun_takes_it_and_it_is_published_so(jun, written):
    suggested(written)

    take(code=jun.conversation.code, voice=jun.pk, number=4, at=cast.minutes(2))

    own = cast.fresh(written)
    assert (own.text, own.state, own.suggestion) == (BETTER, "accepted", "")
    assert [(d.act, d.text) for d in own.conversation.decisions.filter(number=4)] == [
        ("suggest", ""),
        ("accept", BETTER),
    ]


def test_jun_keeps_his_words_and_they_wait_again(jun, written):
    suggested(written)

    keep(code=jun.conversation.code, voice=jun.pk, number=4)

    own = cast.fresh(written)
    assert (own.text, own.state, own.suggestion, own.waiting_since) == ("불좀 켜라!!", "waiting", "", cast.MORNING)


def test_nobody_else_answers_for_jun(jun, written):
    suggested(written)

    with pytest.raises(Forbidden) as refused:
        take(code=jun.conversation.code, voice=cast.voice(jun.conversation).pk, number=4, at=cast.MORNING)

    assert refused.value.key == "not_your_statement"
    assert cast.fresh(written).text == "불좀 켜라!!"


def test_a_suggestion_that_was_taken_back_is_gone(jun, written):
    suggested(written)
    resume(code=jun.conversation.code, kind="statements", number=4)

    with pytest.raises(Conflict) as refused:
        take(code=jun.conversation.code, voice=jun.pk, number=4, at=cast.MORNING)

    assert refused.value.key == "suggestion_gone"


def test_the_same_words_are_no_suggestion(written):
    with pytest.raises(Conflict) as refused:
        suggested(written, "불좀  켜라!!")

    assert refused.value.key == "same_text"


def test_what_was_answered_is_not_reworded(jun, written):
    actions.decide(code=jun.conversation.code, number=4, accept=True, reason="", at=cast.MORNING)
    cast.open_round(jun.conversation)
    cast.answer(cast.voice(jun.conversation), {4: 1})

    with pytest.raises(Conflict) as refused:
        suggested(written)

    assert refused.value.key == "voted_on"


def test_the_moderator_may_still_refuse_what_waits_for_its_author(jun, written):
    suggested(written)

    actions.decide(code=jun.conversation.code, number=4, accept=False, reason="several", at=cast.minutes(3))

    own = cast.fresh(written)
    assert (own.state, own.suggestion) == ("refused", "")


def test_what_is_held_still_waits(written):
    hold(code=written.conversation.code, kind="statements", number=4, who="Mina", at=cast.MORNING)

    own = cast.fresh(written)
    assert (own.state, own.waiting_since) == ("held", cast.MORNING)
    resume(code=own.conversation.code, kind="statements", number=4)
    assert cast.fresh(written).state == "waiting"


def test_whoever_leaves_takes_held_words_along(jun, written):
    hold(code=jun.conversation.code, kind="statements", number=4, who="Mina", at=cast.MORNING)

    actions.forget_voice(code=jun.conversation.code, voice=jun.pk)

    assert not jun.conversation.statements.filter(number=4).exists()
