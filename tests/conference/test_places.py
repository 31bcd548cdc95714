"""First come, first served, as a pure rule: told what is taken, it says where a claim stands."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onnuri.conference.places import channel_of, offer_until, offered, place_for, serves_line

MORNING = datetime(2026, 5, 2, tzinfo=UTC)
thoroughly = settings(max_examples=200, deadline=None, derandomize=True, database=None)


def test_the_first_gets_a_seat():
    assert place_for("hall", 1, 150, somebody_waits=False) == "seat"


def test_the_hall_is_full_and_linh_waits():
    assert place_for("hall", 1, 0, somebody_waits=False) == "waiting"


def test_who_would_also_come_online_waits_in_the_same_line():
    assert place_for("hall_or_online", 1, 0, somebody_waits=True) == "waiting"


def test_nobody_passes_the_line_though_a_seat_is_free_for_a_moment():
    assert place_for("hall", 1, 1, somebody_waits=True) == "waiting"


def test_a_party_is_not_torn_apart():
    assert place_for("hall", 4, 3, somebody_waits=False) == "waiting"


@pytest.mark.parametrize(("free", "waits"), [(2, False), (0, False), (0, True)])
def test_online_there_is_always_room(free, waits):
    assert place_for("online", 4, free, somebody_waits=waits) == "online"


def test_a_party_that_does_not_fit_stops_the_line():
    assert offered([2, 1, 4, 1], 6) == 2
    assert offered([], 6) == 0
    assert offered([3], 2) == 0


def test_an_offer_stands_a_day_but_never_more_than_a_quarter_of_the_time_left():
    assert offer_until(MORNING, None, 24) == MORNING + timedelta(hours=24)
    assert offer_until(MORNING, MORNING + timedelta(days=30), 24) == MORNING + timedelta(hours=24)
    assert offer_until(MORNING, MORNING + timedelta(hours=8), 24) == MORNING + timedelta(hours=2)


def test_the_line_is_served_until_the_start():
    assert serves_line(MORNING, None)
    assert serves_line(MORNING, MORNING + timedelta(seconds=1))
    assert not serves_line(MORNING, MORNING)


SPEAKS_BY = {
    ("seat", "hall"): "hall",
    ("seat", "hall_or_online"): "hall",
    ("online", "online"): "online",
    ("waiting", "hall_or_online"): "online",
    ("waiting", "hall"): None,
    ("offered", "hall"): None,
    ("offered", "hall_or_online"): "online",
    ("released", "hall"): None,
    ("lapsed", "hall_or_online"): None,
    ("given_up", "hall"): None,
    ("given_up", "online"): None,
}


@pytest.mark.parametrize(("stands", "channel"), SPEAKS_BY.items())
def test_a_ticket_speaks_from_where_its_holder_is(stands, channel):
    place, wish = stands

    assert channel_of(place, wish) == channel


@thoroughly
@given(st.lists(st.integers(min_value=1, max_value=4), max_size=30), st.integers(min_value=0, max_value=40))
def test_offers_go_to_the_head_and_never_beyond_what_is_free(line, free):
    count = offered(line, free)

    assert sum(line[:count]) <= free
    assert count == len(line) or sum(line[: count + 1]) > free
