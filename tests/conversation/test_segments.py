"""The order of a sitting: which key the host may press, and which not."""

import pytest
from tests import cast

from onnuri.conversation import actions, segments
from onnuri.errors import Conflict
from onnuri.web.shown import SEGMENT_NAMES

EVERY_ACTION = sorted({a for possible in segments.ACTIONS.values() for a in possible})
MAY = {
    ("lobby", "open_round"),
    ("round", "close_round"),
    ("where", "open_round"),
    ("where", "open_shortlist"),
    ("shortlist", "close_round"),
    ("slate", "open_ratification"),
    ("ratification", "close_round"),
    ("result", "publish"),
}


@pytest.mark.parametrize("action", EVERY_ACTION)
@pytest.mark.parametrize("segment", segments.SEGMENTS)
def test_each_key_in_each_moment(segment, action):
    if (segment, action) in MAY:
        segments.require(segment, action)
        return

    with pytest.raises(Conflict) as refused:
        segments.require(segment, action)

    assert refused.value.key == "not_now"
    assert refused.value.about == {"action": action, "segment": segment}


def test_a_moment_that_is_not_there_allows_nothing():
    with pytest.raises(Conflict):
        segments.require("intermission", "open_round")


def test_every_moment_is_known_to_the_rules_and_has_a_name():
    assert tuple(segments.ACTIONS) == segments.SEGMENTS == tuple(SEGMENT_NAMES)
    assert set(segments.AFTER) == set(segments.DURING) == {"vote", "shortlist", "ratification"}


def test_from_every_moment_the_sitting_comes_to_its_end():
    leads_to = {
        "open_round": "round",
        "open_shortlist": "shortlist",
        "open_ratification": "ratification",
        "publish": "published",
    }
    after = {segments.DURING[kind]: where for kind, where in segments.AFTER.items()}

    for start in set(segments.SEGMENTS) - {"computing"}:
        here, steps = start, 0
        while here != "published" and steps < 20:
            first = segments.ACTIONS[here][0]
            here = after[here] if first == "close_round" else leads_to[first]
            steps += 1
        assert here == "published"


def test_the_first_key_is_the_likely_one():
    assert segments.ACTIONS["where"][0] == "open_shortlist"


@pytest.mark.django_db
@pytest.mark.parametrize("segment", [s for s in segments.SEGMENTS if s not in {"lobby", "where"}])
def test_no_round_is_opened_at_the_wrong_moment(segment):
    room = cast.conversation()
    type(room).objects.update(segment=segment)

    with pytest.raises(Conflict) as refused:
        cast.open_round(room)

    assert refused.value.key == "not_now"
    assert cast.fresh(room).rounds.count() == 0


@pytest.mark.django_db
def test_one_step_after_the_other():
    room = cast.conversation()

    cast.open_round(room)
    during = cast.fresh(room).segment
    actions.close_round(cast.fresh(room), at=cast.minutes(5), grace_s=0)
    closed = cast.fresh(room).segment
    actions.finish_round(cast.fresh(room), room.rounds.get(), at=cast.minutes(6))

    assert (during, closed, cast.fresh(room).segment) == ("round", "computing", "where")
