"""Popular now, across groups, new: what stands first, and that no voice can be read from it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import cast
from tests.community import neighbours

from onnuri.community import actions, queries
from onnuri.community.models import Mark
from onnuri.community.standing import ORDERS, Standing, in_order, page_of, supporting_groups
from onnuri.errors import NotFound

pytestmark = pytest.mark.django_db


def days(number):
    return cast.MORNING + timedelta(days=number)


STANDINGS = st.lists(
    st.builds(
        Standing,
        pk=st.integers(1, 10**6),
        at=st.integers(0, 30).map(days),
        reactions=st.integers(0, 500),
        groups=st.integers(0, 5),
    ),
    unique_by=lambda one: one.pk,
    max_size=30,
)


def test_a_day_is_worth_twice_the_reactions():
    old_and_loved, old, new = Standing(1, days(0), 8, 0), Standing(2, days(0), 6, 0), Standing(3, days(1), 3, 0)

    assert in_order("popular", [old, new, old_and_loved]) == [1, 3, 2]


def test_what_more_groups_support_stands_before_what_one_group_loves():
    loved, shared = Standing(1, days(9), 500, 0), Standing(2, days(0), 1, 2)

    assert in_order("across", [loved, shared]) == [2, 1]
    assert in_order("popular", [loved, shared]) == [1, 2]
    assert in_order("new", [loved, shared]) == [1, 2]


@given(found=STANDINGS, order=st.sampled_from(ORDERS), size=st.integers(1, 7))
def test_turning_the_pages_meets_everybody_once_in_whatever_order_they_came(found, order, size):
    keys = in_order(order, found)

    assert sorted(keys) == sorted(one.pk for one in found)
    assert in_order(order, found[::-1]) == keys
    assert [key for page in range(1, 32) for key in page_of(keys, page, size)] == keys


@given(sizes=st.lists(st.integers(0, 9), max_size=5), unplaced=st.integers(0, 9))
def test_a_group_of_fewer_than_five_says_nothing(sizes, unplaced):
    group_of = dict(enumerate(group for group, n in enumerate(sizes) for _ in range(n)))
    voices = [*group_of, *range(1000, 1000 + unplaced)]

    enough = sum(n >= 5 for n in sizes)
    assert supporting_groups(voices, group_of) == (enough if enough >= 2 else 0)


def test_the_support_of_voices_is_counted_by_group_and_taken_back():
    room = cast.conversation()
    said = neighbours.comment(room, neighbours.account("mina"))
    waves, rocks = ([cast.voice(room) for _ in range(5)] for _ in range(2))
    group_of = dict.fromkeys((v.pk for v in waves), 1) | dict.fromkeys((v.pk for v in rocks), 2)
    for own in (*waves, *rocks):
        for _again in range(2):
            actions.mark(pk=said.pk, conversation=room, voice=own, at=cast.MORNING)

    assert Mark.objects.count() == 10
    assert queries.support_of(room, group_of) == {said.pk: 2}
    actions.unmark(pk=said.pk, conversation=room, voice=rocks[0])
    assert queries.support_of(room, group_of) == {said.pk: 0}


def test_a_voice_supports_what_stands_beside_its_own_conversation_alone():
    conference = cast.conference()
    here, elsewhere = cast.conversation(conference=conference), cast.conversation()
    talk = conference.sessions.create(order=1, kind="talk")
    mina = neighbours.account("mina")
    below_record, below_talk, other = (neighbours.comment(under, mina) for under in (here, talk, elsewhere))
    own = cast.voice(here)

    for said in (below_record, below_talk):
        actions.mark(pk=said.pk, conversation=here, voice=own, at=cast.MORNING)
    with pytest.raises(NotFound):
        actions.mark(pk=other.pk, conversation=here, voice=own, at=cast.MORNING)
    with pytest.raises(NotFound):
        actions.mark(pk=below_talk.pk, conversation=elsewhere, voice=cast.voice(elsewhere), at=cast.MORNING)

    assert Mark.objects.count() == 2


def test_a_voice_that_was_erased_supports_nothing_any_more():
    room = cast.conversation()
    said = neighbours.comment(room, neighbours.account("mina"))
    own = cast.voice(room)
    actions.mark(pk=said.pk, conversation=room, voice=own, at=cast.MORNING)

    own.delete()

    assert queries.marks_under(room).count() == 0
