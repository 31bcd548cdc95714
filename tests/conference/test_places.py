"""First come, first served, as a pure rule: told what is taken, it says where a claim stands."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from onnuri.conference.places import Given, channel_of, first_free, place_for

WISHES = ("hall", "hall_or_online", "online")
thoroughly = settings(max_examples=200, deadline=None, derandomize=True, database=None)


def test_the_first_gets_the_first_seat():
    assert place_for("hall", [], 150, 0) == Given("seat", 1)


def test_a_seat_that_was_given_up_is_given_again_before_a_later_one():
    assert place_for("hall", {1, 3, 4}, 150, 0) == Given("seat", 2)


def test_the_hall_is_full_and_linh_waits():
    assert place_for("hall", {1, 2}, 2, 0) == Given("waiting")


def test_who_would_also_come_online_waits_in_the_same_line():
    assert place_for("hall_or_online", {1, 2}, 2, 3) == Given("waiting")


def test_nobody_passes_the_line_though_a_seat_is_free_for_a_moment():
    assert place_for("hall", {1}, 2, 1) == Given("waiting")


@pytest.mark.parametrize(("taken", "waiting"), [(set(), 0), ({1, 2}, 0), ({1, 2}, 9)])
def test_online_there_is_always_room(taken, waiting):
    assert place_for("online", taken, 2, waiting) == Given("online")


def test_the_lowest_free_number_is_found_whatever_the_order():
    assert first_free([4, 1, 2], 5) == 3


SPEAKS_BY = {
    ("seat", "hall"): "hall",
    ("seat", "hall_or_online"): "hall",
    ("online", "online"): "online",
    ("waiting", "hall_or_online"): "online",
    ("waiting", "hall"): None,
    ("given_up", "hall"): None,
    ("given_up", "online"): None,
}


@pytest.mark.parametrize(("stands", "channel"), SPEAKS_BY.items())
def test_a_ticket_speaks_from_where_its_holder_is(stands, channel):
    place, wish = stands

    assert channel_of(place, wish) == channel


class Hall:
    """The rule applied again and again, as the actions apply it: a claim, or somebody leaves."""

    def __init__(self, capacity):
        self.capacity = capacity
        self.seated = {}
        self.line = []

    def claim(self, who, wish):
        given = place_for(wish, set(self.seated.values()), self.capacity, len(self.line))
        if given.place == "seat":
            self.seated[who] = given.seat_number
        elif given.place == "waiting":
            self.line.append(who)
        return given

    def leave(self, who):
        self.line = [w for w in self.line if w != who]
        if self.seated.pop(who, None) is not None and self.line:
            self.seated[self.line.pop(0)] = first_free(set(self.seated.values()), self.capacity)


steps = st.lists(st.one_of(st.sampled_from(WISHES), st.integers(min_value=0, max_value=30)), max_size=60)


@thoroughly
@given(capacity=st.integers(min_value=1, max_value=6), steps=steps)
@example(capacity=1, steps=["hall", "hall", 0, "hall"])
def test_whatever_happens_no_seat_is_given_twice_and_none_stays_empty_while_somebody_waits(capacity, steps):
    hall, came = Hall(capacity), 0
    for step in steps:
        if isinstance(step, str):
            hall.claim(came, step)
            came += 1
        else:
            hall.leave(step)

        numbers = list(hall.seated.values())
        assert len(set(numbers)) == len(numbers) <= capacity
        assert set(numbers) <= set(range(1, capacity + 1))
        assert not hall.line or len(numbers) == capacity
        assert hall.line == sorted(hall.line)


@thoroughly
@given(
    taken=st.sets(st.integers(min_value=1, max_value=8)),
    waiting=st.integers(min_value=0, max_value=3),
    wish=st.sampled_from(WISHES),
)
def test_a_seat_is_given_only_where_there_is_one(taken, waiting, wish):
    given_place = place_for(wish, taken, 8, waiting)

    assert (given_place.place == "seat") == (wish != "online" and len(taken) < 8 and not waiting)
    assert given_place.seat_number is None or given_place.seat_number not in taken
