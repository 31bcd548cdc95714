"""Leaving: what a voice said goes with it, until its answers are in the chain."""

import pytest
from tests import cast

from onnuri.conversation import actions
from onnuri.conversation.models import Objection, Statement, Voice, Vote
from onnuri.errors import Conflict, NotFound

pytestmark = pytest.mark.django_db


def forget(own):
    actions.forget_voice(code=own.conversation.code, voice=own.pk)


def write(own, text):
    return actions.write_statement(code=own.conversation.code, voice=own.pk, text=text, lang="ko", at=cast.MORNING)


def test_jun_leaves_and_his_answers_with_him():
    room = cast.conversation()
    jun, linh = cast.voice(room), cast.voice(room, "online")
    cast.open_round(room)
    cast.answer(jun, {1: 1, 2: -1})
    cast.answer(linh, {1: 1})

    forget(jun)

    assert list(Voice.objects.all()) == [linh]
    assert [v.voice_id for v in Vote.objects.all()] == [linh.pk]


def test_what_nobody_has_read_goes_too():
    room = cast.conversation()
    jun = cast.voice(room)
    write(jun, "저녁에도 불을 켜 두자.")

    forget(jun)

    assert not Statement.objects.filter(kind="participant").exists()


def test_what_others_already_answer_stays_without_its_author():
    room = cast.conversation()
    jun = cast.voice(room)
    said = write(jun, "저녁에도 불을 켜 두자.")
    actions.decide(code=room.code, number=said.number, accept=True, reason="", at=cast.MORNING)

    forget(jun)

    assert (cast.fresh(said).author_id, cast.fresh(said).text) == (None, "저녁에도 불을 켜 두자.")


def test_what_linh_missed_goes_with_her():
    room = cast.conversation()
    jun, linh = cast.voice(room), cast.voice(room, "online")
    cast.open_round(room)
    line = actions.propose_line(
        code=room.code, voice=jun.pk, text="물가에 장터를.", lang="ko", cites=[1, 2], at=cast.MORNING
    )
    actions.decide(code=room.code, number=line.number, accept=True, reason="", at=cast.MORNING)
    cast.answer(linh, {line.number: -1})
    actions.say_what_is_missing(code=room.code, voice=linh.pk, number=line.number, text="비는?", lang="ko")

    forget(linh)

    assert not Objection.objects.exists()


def test_after_a_closed_round_its_answers_are_in_the_chain():
    _, voices = cast.sitting_until("where")
    answers = Vote.objects.count()

    with pytest.raises(Conflict) as refused:
        forget(voices[0])

    assert refused.value.key == "sealed_round"
    assert (Vote.objects.count(), Voice.objects.count()) == (answers, len(voices))


def test_while_a_closed_round_is_being_computed_nothing_may_vanish_from_it():
    room = cast.conversation()
    jun = cast.voice(room)
    cast.open_round(room)
    cast.answer(jun, {1: 1})
    actions.close_round(cast.fresh(room), at=cast.MORNING, grace_s=0)

    with pytest.raises(Conflict) as refused:
        forget(jun)

    assert refused.value.key == "sealed_round"
    assert Vote.objects.count() == 1


def test_after_publishing_nothing_goes():
    room = cast.conversation()
    jun = cast.voice(room)
    type(room).objects.update(segment="published")

    with pytest.raises(Conflict) as refused:
        forget(jun)

    assert refused.value.key == "sealed"


def test_a_voice_of_another_conversation_is_left_alone():
    here, there = cast.conversation(), cast.conversation()
    linh = cast.voice(there)

    actions.forget_voice(code=here.code, voice=linh.pk)

    assert Voice.objects.get() == linh


def test_a_code_nobody_gave_out():
    with pytest.raises(NotFound):
        actions.forget_voice(code="ZZZZZZ", voice=1)
