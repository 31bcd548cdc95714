"""What people have answered is taken down by two, never by one; its votes stay."""

import pytest
from tests import cast

from onnuri.conversation import actions
from onnuri.conversation.deciding import decide, undo, waits_of
from onnuri.conversation.models import Vote
from onnuri.conversation.moderating import median_wait
from onnuri.conversation.removing import asked_for, drop, remove, second
from onnuri.errors import Conflict, Forbidden, Unprocessable

pytestmark = pytest.mark.django_db
MINA, HARU = "#1 Mina", "#2 Haru"


@pytest.fixture
def room():
    """Number 2 has been answered."""
    made = cast.conversation()
    cast.open_round(made)
    cast.answer(cast.voice(made), {2: -1})
    return made


def asked(room, who=MINA, number=2):
    return remove(code=room.code, number=number, reason="personal", who=who, at=cast.MORNING, figures={"n": 1})


def seconded(room, who):
    return second(code=room.code, number=2, who=who, at=cast.minutes(1), figures={"n": 2})


def state(room, number=2):
    return room.statements.get(number=number).state


def test_one_person_asks_and_it_stays(room):
    asked(room)

    assert state(room) == "accepted"
    assert asked_for(room, 2).figures == {"n": 1}


def test_two_people_take_it_down_and_the_votes_stay(room):
    asked(room)

    seconded(room, HARU)

    decided = room.decisions.get(act="remove")
    assert (state(room), decided.who, decided.seconded_by) == ("removed", MINA, HARU)
    assert decided.figures == {"n": 2, "done": True}
    assert Vote.objects.filter(statement__number=2).count() == 1
    assert asked_for(room, 2) is None


def test_nobody_is_two_people_even_under_another_name(room):
    asked(room)

    with pytest.raises(Forbidden) as refused:
        seconded(room, "#1 Somebody else")

    assert refused.value.key == "other_person"
    assert state(room) == "accepted"


def test_two_names_told_to_one_link_are_not_two_people(room):
    asked(room, "Mina")

    with pytest.raises(Forbidden) as refused:
        seconded(room, "Haru")

    assert refused.value.key == "two_accounts"


def test_a_link_and_an_account_are_two(room):
    asked(room, "Mina")

    seconded(room, HARU)

    assert state(room) == "removed"


def test_without_a_name_nothing_is_asked_for(room):
    with pytest.raises(Unprocessable) as refused:
        asked(room, "")

    assert refused.value.key == "who_needed"


def test_asking_twice_is_not_seconding(room):
    asked(room)

    with pytest.raises(Conflict) as refused:
        asked(room, HARU)

    assert refused.value.key == "removal_waits"


def test_it_may_stay_after_all(room):
    asked(room)

    drop(code=room.code, number=2)

    assert asked_for(room, 2) is None
    assert state(room) == "accepted"


def test_what_nobody_answered_one_person_takes_down(room):
    asked(room, number=1)

    assert state(room, 1) == "removed"


def test_a_removal_has_a_reason(room):
    with pytest.raises(Unprocessable) as refused:
        remove(code=room.code, number=2, reason="", who=MINA, at=cast.MORNING)

    assert refused.value.key == "reason_needed"


def test_a_wrong_key_is_taken_back_at_once(room):
    actions.write_statement(code=room.code, voice=cast.voice(room).pk, text="불을 켜자.", lang="ko", at=cast.MORNING)
    decide(code=room.code, kind="statements", number=4, accept=True, who=MINA, at=cast.minutes(1))

    assert undo(code=room.code, who=MINA, at=cast.minutes(1)) == ("statements", 4)
    assert (state(room, 4), room.decisions.filter(number=4).count()) == ("waiting", 0)


@pytest.mark.parametrize(("who", "after"), [(HARU, 1), (MINA, 2)])
def test_not_by_another_and_not_a_minute_later(room, who, after):
    actions.write_statement(code=room.code, voice=cast.voice(room).pk, text="불을 켜자.", lang="ko", at=cast.MORNING)
    decide(code=room.code, kind="statements", number=4, accept=True, who=MINA, at=cast.minutes(1))

    with pytest.raises(Conflict) as refused:
        undo(code=room.code, who=who, at=cast.minutes(after))

    assert refused.value.key == "undo_late"


def test_not_after_somebody_answered_it(room):
    actions.write_statement(code=room.code, voice=cast.voice(room).pk, text="불을 켜자.", lang="ko", at=cast.MORNING)
    decide(code=room.code, kind="statements", number=4, accept=True, who=MINA, at=cast.minutes(1))
    cast.answer(cast.voice(room), {4: 1})

    with pytest.raises(Conflict) as refused:
        undo(code=room.code, who=MINA, at=cast.minutes(1))

    assert refused.value.key == "undo_late"


def test_how_long_texts_waited_is_counted_without_saying_which(room):
    for minute in (1, 2, 9):
        written = actions.write_statement(
            code=room.code, voice=cast.voice(room).pk, text=f"{minute}번째 불을 켜자.", lang="ko", at=cast.MORNING
        )
        decide(code=room.code, kind="statements", number=written.number, accept=True, who=MINA, at=cast.minutes(minute))

    assert waits_of(room) == {"60": 1, "120": 1, "540": 1}
    assert median_wait(waits_of(room)) == 130
