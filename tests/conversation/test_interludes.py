"""Between rounds the host puts one thing on at a time; a round ends it; everything but a poll may come again."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import cast

from onnuri.conversation import actions, interludes
from onnuri.conversation.interlude import BETWEEN, KINDS, POLLS, require_may_come_again, standing, takes_answers
from onnuri.conversation.models import Interlude, Round
from onnuri.conversation.round import LONGEST_TIMER_S, closing_at
from onnuri.conversation.segments import SEGMENTS
from onnuri.errors import Conflict, NotFound, Unprocessable

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    return cast.conversation()


def talk(room, title="물가의 가게", **about):
    return interludes.prepare(code=room.code, kind="talk", title={"ko": title}, **about)


def poll(room):
    settings = {"options": [{"ko": "봄"}, {"ko": "가을"}]}
    return interludes.prepare(code=room.code, kind="single", title={"ko": "언제가 좋나요?"}, settings=settings)


def put_on(room, one, at=cast.MORNING, **about):
    return interludes.put_on(code=room.code, number=one.number, at=at, **about)


def on(room):
    found = cast.fresh(room).interlude
    return None if found is None else (found.number, found.closed_at is None)


def refused(act, *about, **more):
    with pytest.raises((Conflict, NotFound, Unprocessable)) as told:
        act(*about, **more)
    return told.value.key


# ---- making


def test_mina_prepares_a_talk_and_changes_it_before_it_is_on(room):
    made = talk(room, speaker={"ko": "김하나", "en": " "})

    talk(room, "물가의 시장", number=made.number)

    assert [(i.number, i.title, i.speaker) for i in room.interludes.all()] == [(1, {"ko": "물가의 시장"}, {})]
    assert (made.speaker, made.opened_at) == ({"ko": "김하나"}, None)


@pytest.mark.parametrize(
    ("kind", "key"), [("talk", "text_blank"), ("single", "text_blank"), ("dance", "interlude_kind")]
)
def test_a_talk_and_a_poll_have_a_title_and_nothing_else_is_put_on(room, kind, key):
    assert refused(interludes.prepare, code=room.code, kind=kind, title={"ko": "  "}) == key


@pytest.mark.parametrize("kind", ["questions", "map", "drafting"])
def test_the_others_are_named_by_what_they_are(room, kind):
    assert interludes.prepare(code=room.code, kind=kind, title={"ko": ""}).title == {}


def test_what_was_never_on_is_taken_back_and_what_was_stays(room):
    first, second = talk(room), talk(room)
    put_on(room, first)

    interludes.discard(code=room.code, number=second.number)

    assert refused(interludes.discard, code=room.code, number=first.number) == "interlude_was_on"
    assert refused(talk, room, "Anders", number=first.number) == "interlude_was_on"
    assert refused(interludes.discard, code=room.code, number=9) == "interlude_unknown"
    assert [i.number for i in room.interludes.all()] == [first.number]


# ---- putting on


def test_one_thing_at_a_time(room):
    first, second = talk(room), talk(room)
    put_on(room, first)

    put_on(room, second, at=cast.minutes(5))

    assert on(room) == (second.number, True)
    assert cast.fresh(first).closed_at == cast.minutes(5)


def test_a_talk_that_was_ended_too_early_goes_on(room):
    one = talk(room)
    put_on(room, one, closes_at=cast.minutes(10))
    interludes.take_off(code=room.code, at=cast.minutes(3))
    assert on(room) is None

    put_on(room, one, at=cast.minutes(4))

    again = cast.fresh(one)
    assert (again.opened_at, again.closes_at, again.closed_at) == (cast.MORNING, None, None)
    assert on(room) == (one.number, True)


def test_a_poll_is_asked_once(room):
    one = poll(room)
    put_on(room, one)
    interludes.take_off(code=room.code, at=cast.minutes(1))

    assert refused(put_on, room, one, at=cast.minutes(2)) == "poll_was_asked"


@pytest.mark.parametrize("kind", KINDS)
def test_only_polls_are_asked_once(kind):
    require_may_come_again(kind, was_on=False)
    if kind in POLLS:
        assert refused(require_may_come_again, kind, was_on=True) == "poll_was_asked"
    else:
        require_may_come_again(kind, was_on=True)


@pytest.mark.parametrize("segment", SEGMENTS)
def test_nobody_talks_into_an_open_round(room, segment):
    type(room).objects.filter(pk=room.pk).update(segment=segment)
    one = talk(room)

    if segment in BETWEEN:
        assert put_on(room, one).closed_at is None
    else:
        assert refused(put_on, room, one) == "round_is_open"


def test_a_round_ends_what_is_on_and_the_screen_follows_again(room):
    one = talk(room)
    put_on(room, one)
    interludes.choose_screen(code=room.code, screen="blank")

    cast.open_round(room, at=cast.minutes(7))

    assert on(room) is None
    assert cast.fresh(one).closed_at == cast.minutes(7)
    assert cast.fresh(room).screen == ""


def test_a_poll_s_outcome_stays_to_be_seen_until_the_host_goes_on(room):
    one = poll(room)
    put_on(room, one)
    interludes.take_off(code=room.code, at=cast.minutes(1))
    assert on(room) == (one.number, False)
    interludes.count(code=room.code, number=one.number, at=cast.minutes(2))

    interludes.take_off(code=room.code, at=cast.minutes(3))

    assert on(room) is None
    assert cast.fresh(one).closed_at == cast.minutes(1)
    assert refused(interludes.take_off, code=room.code, at=cast.minutes(4)) == "nothing_on"


def test_the_screen_shows_one_of_what_there_is(room):
    for screen in interludes.SCREENS:
        interludes.choose_screen(code=room.code, screen=screen)
        assert cast.fresh(room).screen == screen

    assert refused(interludes.choose_screen, code=room.code, screen="cinema") == "screen"


# ---- the clock


def test_a_minute_more_and_five_from_now_and_no_clock(room):
    one = talk(room)
    put_on(room, one, closes_at=cast.minutes(10))

    def timer(seconds, at, **about):
        return interludes.set_timer(code=room.code, at=cast.minutes(at), seconds=seconds, **about)

    assert timer(60, 2) == cast.minutes(11)
    assert timer(300, 2, anew=True) == cast.minutes(7)
    assert timer(0, 3) is None
    assert timer(60, 4) == cast.minutes(5)
    assert cast.fresh(one).closes_at == cast.minutes(5)


def test_where_nothing_is_on_there_is_no_clock_to_set(room):
    put_on(room, talk(room))
    interludes.take_off(code=room.code, at=cast.MORNING)

    assert refused(interludes.set_timer, code=room.code, at=cast.MORNING, seconds=60) == "nothing_on"
    assert refused(actions.set_timer, code=room.code, at=cast.MORNING, seconds=60) == "round_closed"


def test_the_open_round_has_the_same_clock(room):
    cast.open_round(room)

    actions.set_timer(code=room.code, at=cast.minutes(1), seconds=180, anew=True)
    actions.set_timer(code=room.code, at=cast.minutes(2), seconds=60)

    assert Round.objects.get().closes_at == cast.minutes(5)


MOMENT = st.integers(0, 500).map(lambda n: cast.MORNING + timedelta(seconds=n))
SECONDS = st.integers(1, LONGEST_TIMER_S)


@given(st.none() | MOMENT, MOMENT, SECONDS, st.booleans())
def test_a_clock_that_is_set_leaves_at_least_what_was_asked_for(closes_at, at, seconds, anew):
    new = closing_at(closes_at, at=at, seconds=seconds, anew=anew)

    assert new >= at + timedelta(seconds=seconds)
    if anew or closes_at is None or closes_at <= at:
        assert new == at + timedelta(seconds=seconds)
    else:
        assert new == closes_at + timedelta(seconds=seconds)


@pytest.mark.parametrize("seconds", [-1, LONGEST_TIMER_S + 1])
def test_a_clock_has_its_limits(seconds):
    with pytest.raises(Unprocessable) as told:
        closing_at(None, at=cast.MORNING, seconds=seconds)

    assert told.value.key == "setting"


# ---- where it stands


@given(MOMENT, st.none() | MOMENT, MOMENT, st.booleans())
def test_what_takes_answers_is_open_or_counting(opened_at, closed_at, at, counted):
    now = standing(opened_at=opened_at, closed_at=closed_at, at=at, counted=counted)

    if takes_answers(opened_at=opened_at, closed_at=closed_at, at=at):
        assert now in {"open", "counting"}
    if now == "over":
        assert counted
    assert standing(opened_at=None, closed_at=closed_at, at=at) == "prepared"


def test_a_row_says_what_it_is(room):
    assert str(talk(room)) == "talk 1 물가의 가게"
    assert Interlude.objects.count() == 1
