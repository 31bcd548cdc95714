"""The rule of the door: what devices scanned, merged as a set."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.cast import MORNING, minutes

from onnuri.conference.door import Seen, headcount, matches, merge, time_of

JUN, LINH = 1, 2


def came(ticket, minute, door, counter):
    return Seen(ticket, "in", minutes(minute), door, counter)


def took_back(ticket, minute, door, counter):
    return Seen(ticket, "undo", minutes(minute), door, counter)


# ---- one door


def test_jun_is_in():
    entry = came(JUN, 0, "north", 1)

    merged = merge([entry])

    assert merged[JUN].first == entry
    assert merged[JUN].duplicates == ()
    assert headcount(merged) == 1


def test_what_is_taken_back_counts_no_more_and_stays_written():
    entry = came(JUN, 0, "north", 1)

    merged = merge([entry, took_back(JUN, 1, "north", 2)])

    assert (merged[JUN].first, merged[JUN].undone) == (None, (entry,))
    assert headcount(merged) == 0


def test_jun_comes_again_after_an_undo():
    again = came(JUN, 2, "north", 3)

    merged = merge([came(JUN, 0, "north", 1), took_back(JUN, 1, "north", 2), again])

    assert merged[JUN].first == again


def test_a_device_counts_by_its_counter_when_its_clock_jumps_back():
    entry = came(JUN, 30, "north", 1)

    merged = merge([entry, took_back(JUN, 5, "north", 2)])

    assert (merged[JUN].first, merged[JUN].undone) == (None, (entry,))


# ---- two doors


def test_the_earlier_of_two_doors_counts_and_the_other_is_a_note():
    first, second = came(JUN, 41, "north", 7), came(JUN, 42, "south", 1)

    merged = merge([second, first])

    assert (merged[JUN].first, merged[JUN].duplicates) == (first, (second,))
    assert headcount(merged) == 1


def test_an_undo_takes_back_what_its_own_door_did():
    first, second = came(JUN, 41, "north", 7), came(JUN, 42, "south", 1)

    merged = merge([first, second, took_back(JUN, 43, "south", 2)])

    assert (merged[JUN].first, merged[JUN].duplicates, merged[JUN].undone) == (first, (), (second,))


def test_a_door_that_did_nothing_itself_takes_back_all_that_stands_and_nothing_later():
    first, second, later = came(JUN, 1, "north", 1), came(JUN, 2, "south", 1), came(JUN, 9, "south", 2)

    merged = merge([first, second, later, took_back(JUN, 5, "desk", 1)])

    assert (merged[JUN].first, merged[JUN].undone) == (later, (first, second))


def test_an_undo_too_many_takes_back_nothing_that_came_after_it():
    again = came(JUN, 0, "north", 4)
    undos = (took_back(JUN, 0, "north", 2), took_back(JUN, 0, "north", 3))

    merged = merge([came(JUN, 0, "north", 1), *undos, again])

    assert merged[JUN].first == again


def test_two_tickets_do_not_touch_each_other():
    merged = merge([came(JUN, 0, "north", 1), took_back(LINH, 1, "north", 2)])

    assert (merged[JUN].first is not None, merged[LINH].first) == (True, None)
    assert headcount(merged) == 1


# ---- any order


@st.composite
def logs(draw):
    """What up to three devices did: each its own counters, clocks as they like."""
    acts = st.tuples(st.sampled_from([1, 2, 3]), st.sampled_from(["in", "in", "undo"]), st.integers(0, 6))
    return [
        Seen(ticket, act, minutes(minute), device, counter)
        for device in ("north", "south", "desk")
        for counter, (ticket, act, minute) in enumerate(draw(st.lists(acts, max_size=6)), 1)
    ]


@given(logs(), st.data())
@settings(max_examples=300, deadline=None)
def test_order_repetition_and_partition_never_matter(scans, data):
    again = data.draw(st.lists(st.sampled_from(scans), max_size=8)) if scans else []
    arrived = data.draw(st.permutations([*scans, *again]))

    assert merge(arrived) == merge(scans)


@given(logs())
@settings(max_examples=300, deadline=None)
def test_the_earliest_standing_entry_counts_and_no_entry_is_lost(scans):
    merged = merge(scans)

    for ticket, own in merged.items():
        stands = [] if own.first is None else [own.first, *own.duplicates]
        assert stands == sorted(stands, key=lambda s: (s.at, s.device, s.counter))
        assert {*stands, *own.undone} == {s for s in scans if s.ticket == ticket and s.act == "in"}
        assert len(stands) + len(own.undone) == len({*stands, *own.undone})
    assert headcount(merged) == len({t for t, own in merged.items() if own.first})


@given(logs())
@settings(max_examples=200, deadline=None)
def test_without_an_undo_whoever_was_scanned_is_in(scans):
    entries = [s for s in scans if s.act == "in"]

    assert headcount(merge(entries)) == len({s.ticket for s in entries})


# ---- clocks


@pytest.mark.parametrize(
    ("ahead_s", "counts_with_s", "noted"),
    [(-3600, -3600, False), (0, 0, False), (1, 0, False), (2, 0, False), (3, 0, True), (86_400, 0, True)],
)
def test_a_clock_that_is_ahead_counts_with_the_time_of_receiving(ahead_s, counts_with_s, noted):
    at = MORNING + timedelta(seconds=ahead_s)

    assert time_of(at, MORNING) == (MORNING + timedelta(seconds=counts_with_s), noted)


# ---- finding people


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("ㅎㄱㄷ", "홍길동"),
        ("ㄱㄷ", "홍길동"),
        ("길", "홍길동"),
        ("홍ㄱ", "홍 길동"),
        ("ㄱㅅ", "김사랑"),
        ("ㄳ", "김사랑"),  # what a keyboard makes of two initials typed in a row
        ("ㅆ", "쌍둥이"),
        ("linh", "Nguyễn Linh"),
        ("NGUYE\u0302\u0303N", "Nguyễn Linh"),
    ],
)
def test_a_name_is_found_by_its_parts_and_initials(query, name):
    assert matches(query, name)


@pytest.mark.parametrize(("query", "name"), [("ㄱㅎ", "홍길동"), ("ㅅ", "쌍둥이"), ("", "Jun"), ("Juna", "Jun")])
def test_another_name_is_not(query, name):
    assert not matches(query, name)
