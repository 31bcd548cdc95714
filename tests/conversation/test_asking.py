"""Anybody may ask; what was read is lifted; the host shows one after the other; a mistake is taken back."""

from dataclasses import dataclass
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import cast

from onnuri.conversation import actions, asking, interludes
from onnuri.conversation.models import Lift, Question
from onnuri.conversation.question import MOST_OPEN, ORDERS, in_order, next_of
from onnuri.errors import Conflict, Forbidden, NotFound, Unprocessable

pytestmark = pytest.mark.django_db
TEXTS = ("언제 문을 여나요?", "비가 오면 어디로 가나요?", "자전거를 세울 곳이 있나요?")


@pytest.fixture
def room():
    return cast.conversation()


@pytest.fixture
def jun(room):
    return cast.voice(room)


def ask(room, own, text=TEXTS[0]):
    return asking.ask(code=room.code, voice=own.pk, text=text, lang="ko", at=cast.MORNING)


def published(room, *texts):
    """Questions that were read, each by somebody else."""
    made = [ask(room, cast.voice(room), text) for text in texts]
    for one in made:
        asking.decide(code=room.code, number=one.number, accept=True, reason="")
    return [one.number for one in made]


def lift(room, number, people, value=1):
    question = Question.objects.get(conversation=room, number=number)
    Lift.objects.bulk_create(Lift(question=question, voice=cast.voice(room), value=value) for _ in range(people))


def question(room, number):
    return Question.objects.get(conversation=room, number=number)


def shown(room):
    asked = cast.fresh(room).question_asked
    return None if asked is None else asked.number


def refused(act, *about, **more):
    with pytest.raises((Conflict, Forbidden, NotFound, Unprocessable)) as told:
        act(*about, **more)
    return told.value.key


# ---- asking


def test_what_jun_asks_waits_for_a_moderator_and_knows_his_channel(room):
    asked = ask(room, cast.voice(room, "online"), "  언제 문을\r\n여나요? ")

    assert (asked.number, asked.text, asked.state, asked.channel) == (1, "언제 문을\n여나요?", "waiting", "online")
    assert (asked.waiting_since, asked.talk) == (cast.MORNING, None)


def test_a_question_is_about_the_talk_one_hears_or_heard_last(room, jun):
    talk = interludes.prepare(code=room.code, kind="talk", title={"ko": "물가의 가게"})
    interludes.put_on(code=room.code, number=talk.number, at=cast.MORNING)
    during = ask(room, jun, TEXTS[0])
    interludes.take_off(code=room.code, at=cast.minutes(1))

    after = ask(room, jun, TEXTS[1])

    assert (during.talk, after.talk) == (talk, talk)


@pytest.mark.parametrize(("text", "key"), [(" \u200b ", "text_blank"), ("가" * 301, "text_too_long")])
def test_a_question_is_text_that_can_be_read_in_one_breath(room, jun, text, key):
    assert refused(ask, room, jun, text) == key
    assert ask(room, jun, "가" * 300).number == 1


def test_three_wait_at_most_until_one_is_decided_answered_or_taken_back(room, jun):
    for text in TEXTS:
        ask(room, jun, text)
    assert len(TEXTS) == MOST_OPEN
    assert refused(ask, room, jun, "하나만 더요") == "questions_enough"

    asking.decide(code=room.code, number=1, accept=False, reason="off_topic")
    assert ask(room, jun, "하나만 더요").number == 4
    asking.decide(code=room.code, number=2, accept=True, reason="")
    assert refused(ask, room, jun, "또 하나요") == "questions_enough"
    asking.mark_answered(code=room.code, number=2, answered=True, at=cast.MORNING)
    assert ask(room, jun, "또 하나요").number == 5
    asking.withdraw(code=room.code, voice=jun.pk, number=3)
    assert ask(room, jun, "마지막이에요").number == 6


def test_the_same_question_is_lifted_and_not_asked_twice(room, jun):
    ask(room, jun, "How late is it open?")

    assert refused(ask, room, cast.voice(room), "how late is it OPEN?") == "same_question"
    asking.withdraw(code=room.code, voice=jun.pk, number=1)
    assert ask(room, cast.voice(room), "how late is it OPEN?").number == 2


def test_a_stranger_asks_nothing_and_a_sealed_record_takes_nothing(room, jun):
    elsewhere = cast.voice(cast.conversation())
    assert refused(ask, room, elsewhere) == "no_voice"

    type(room).objects.filter(pk=room.pk).update(segment="published")

    assert refused(ask, room, jun) == "sealed"


# ---- reading


@pytest.mark.parametrize("reason", ["", "because"])
def test_no_refusal_without_a_reason(room, jun, reason):
    ask(room, jun)

    assert refused(asking.decide, code=room.code, number=1, accept=False, reason=reason) == "reason_needed"
    assert question(room, 1).state == "waiting"


def test_a_decision_forgets_how_long_it_waited_and_is_made_once(room, jun):
    ask(room, jun)

    asking.decide(code=room.code, number=1, accept=True, reason="advert")

    assert (question(room, 1).state, question(room, 1).reason, question(room, 1).waiting_since) == (
        "accepted",
        "",
        None,
    )
    assert refused(asking.decide, code=room.code, number=1, accept=False, reason="advert") == "already_decided"


@pytest.mark.parametrize("accept", [True, False])
def test_a_decision_that_was_a_mistake_is_taken_back_and_the_question_is_off_the_screen(room, jun, accept):
    ask(room, jun)
    asking.decide(code=room.code, number=1, accept=accept, reason="advert")
    if accept:
        asking.show(code=room.code, number=1, at=cast.MORNING)

    asking.bring_back(code=room.code, number=1, at=cast.minutes(3))

    assert (question(room, 1).state, question(room, 1).reason) == ("waiting", "")
    assert question(room, 1).waiting_since == cast.minutes(3)
    assert shown(room) is None
    assert refused(asking.bring_back, code=room.code, number=1, at=cast.minutes(4)) == "question_unknown"


# ---- taking back


def test_jun_takes_his_question_back_and_the_screen_lets_it_go(room, jun):
    ask(room, jun)
    asking.decide(code=room.code, number=1, accept=True, reason="")
    asking.show(code=room.code, number=1, at=cast.MORNING)

    asking.withdraw(code=room.code, voice=jun.pk, number=1)

    assert question(room, 1).state == "withdrawn"
    assert shown(room) is None


def test_nobody_takes_back_what_is_another_s_or_was_answered(room, jun):
    ask(room, jun)
    assert refused(asking.withdraw, code=room.code, voice=cast.voice(room).pk, number=1) == "not_your_question"
    asking.decide(code=room.code, number=1, accept=True, reason="")
    asking.mark_answered(code=room.code, number=1, answered=True, at=cast.MORNING)

    assert refused(asking.withdraw, code=room.code, voice=jun.pk, number=1) == "question_answered"
    assert question(room, 1).state == "accepted"


def test_who_leaves_takes_along_what_nobody_has_read(room, jun):
    ask(room, jun, TEXTS[0])
    ask(room, jun, TEXTS[1])
    asking.decide(code=room.code, number=2, accept=True, reason="")

    actions.forget_voice(code=room.code, voice=jun.pk)

    assert list(Question.objects.values_list("number", "author")) == [(2, None)]


# ---- answering


def test_the_host_goes_from_the_most_wanted_to_the_next(room):
    first, second, third = published(room, *TEXTS)
    lift(room, second, 3)
    lift(room, third, 1)

    assert asking.show_next(code=room.code, at=cast.minutes(1)) == second
    assert asking.show_next(code=room.code, at=cast.minutes(2)) == third
    assert shown(room) == third
    assert question(room, second).answered_at == cast.minutes(2)
    assert asking.show_next(code=room.code, at=cast.minutes(3)) == first
    assert asking.show_next(code=room.code, at=cast.minutes(4)) is None
    assert shown(room) is None
    assert Question.objects.filter(answered_at=None).count() == 0


def test_an_answered_question_comes_back_when_it_is_shown_again(room):
    first, second, _third = published(room, *TEXTS)
    asking.show(code=room.code, number=first, at=cast.minutes(1))
    asking.show(code=room.code, number=second, at=cast.minutes(2))

    asking.show(code=room.code, number=first, at=cast.minutes(3))

    assert question(room, first).answered_at is None
    assert question(room, second).answered_at == cast.minutes(3)


def test_nothing_unread_is_shown_or_answered(room, jun):
    ask(room, jun)

    assert refused(asking.show, code=room.code, number=1, at=cast.MORNING) == "question_unread"
    assert refused(asking.mark_answered, code=room.code, number=1, answered=True, at=cast.MORNING) == "question_unread"
    assert refused(asking.show, code=room.code, number=7, at=cast.MORNING) == "question_unknown"
    assert asking.show_next(code=room.code, at=cast.MORNING) is None


def test_the_end_of_question_time_answers_what_was_on_the_screen(room):
    first, *_ = published(room, *TEXTS)
    time = interludes.prepare(code=room.code, kind="questions", title={})
    interludes.put_on(code=room.code, number=time.number, at=cast.MORNING)
    asking.show(code=room.code, number=first, at=cast.minutes(1))

    interludes.take_off(code=room.code, at=cast.minutes(2))

    assert question(room, first).answered_at == cast.minutes(2)
    assert shown(room) is None


def test_a_lift_that_was_taken_back_counts_nothing(room):
    first, second, third = published(room, *TEXTS)
    lift(room, first, 2)
    lift(room, second, 4, value=0)

    assert asking.lifts_of(room) == {first: 2, second: 0, third: 0}


# ---- the order


@dataclass(frozen=True)
class Asked:
    number: int
    state: str
    answered_at: datetime | None


QUESTIONS = st.lists(
    st.builds(
        Asked,
        number=st.integers(1, 40),
        state=st.sampled_from(["waiting", "accepted", "refused", "withdrawn"]),
        answered_at=st.none() | st.integers(0, 9).map(cast.minutes),
    ),
    unique_by=lambda q: q.number,
)
LIFTS = st.dictionaries(st.integers(1, 40), st.integers(0, 5))
NUMBER = st.none() | st.integers(1, 40)


@given(QUESTIONS, LIFTS, NUMBER)
def test_every_published_question_stands_in_one_place(questions, lifts, asked):
    listed = {order: in_order(questions, lifts, order, asked) for order in ORDERS}

    published = {q.number for q in questions if q.state == "accepted"}
    assert {q.number for q in listed["wanted"]} == {q.number for q in listed["new"]}
    assert len(listed["wanted"]) == len(listed["new"])
    assert sorted(q.number for q in listed["wanted"] + listed["answered"]) == sorted(published)


@given(QUESTIONS, LIFTS, NUMBER)
def test_nobody_stands_before_a_question_more_people_want(questions, lifts, asked):
    still = [q for q in in_order(questions, lifts, "wanted", asked) if q.number != asked]

    weights = [(-lifts.get(q.number, 0), q.number) for q in still]
    assert weights == sorted(weights)
    assert next_of(questions, lifts, asked) == (still[0] if still else None)


@given(QUESTIONS, LIFTS, NUMBER)
def test_the_one_being_answered_stands_first(questions, lifts, asked):
    wanted = in_order(questions, lifts, "wanted", asked)

    assert asked not in {q.number for q in wanted[1:]}
