"""The chain on the stage: each link binds what happened and what was answered, and never in which order."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onnuri.record.chain import START, Link, next_link

STEADY = settings(deadline=None, derandomize=True, max_examples=60)
ROWS = [(7, 1, 1, "hall", 0, 1), (12, 1, 1, "online", 0, -1), (3, 2, 1, "hall", 0, 0)]
ROW = st.tuples(st.integers(0, 99), st.integers(0, 9), st.sampled_from(["hall", "online"]), st.sampled_from([1, 0, -1]))


def links(*events):
    previous, found = START, []
    for what, about, rows in events:
        found.append(next_link(previous, what, about, rows))
        previous = found[-1].digest
    return found


def test_a_link_is_the_digest_of_what_came_before_and_of_the_sorted_rows():
    by_hand = f"{START}\nclose vote 1\n\n12,1,1,online,0,-1\n3,2,1,hall,0,0\n7,1,1,hall,0,1\n"

    assert next_link(START, "close vote 1", "", ROWS) == Link(
        "close vote 1", "", hashlib.sha256(by_hand.encode()).hexdigest()
    )


@STEADY
@given(rows=st.lists(ROW), draw=st.randoms(use_true_random=False))
def test_in_which_order_people_answered_leaves_no_trace(rows, draw):
    other = draw.sample(rows, len(rows))

    assert next_link(START, "close vote 1", "", other) == next_link(START, "close vote 1", "", rows)


@STEADY
@given(rows=st.lists(ROW, min_size=1, unique=True), data=st.data())
def test_a_row_less_is_another_link(rows, data):
    missing = data.draw(st.integers(0, len(rows) - 1))

    shorter = rows[:missing] + rows[missing + 1 :]

    assert next_link(START, "close vote 1", "", shorter) != next_link(START, "close vote 1", "", rows)


@pytest.mark.parametrize(
    "event",
    [
        ("close vote 2", "", ROWS),
        ("close vote 1", "rules", ROWS),
        ("close vote 1", "", ROWS[:2]),
        ("close vote 1", "", [*ROWS[:2], (3, 2, 1, "hall", 0, 1)]),
    ],
    ids=["another name", "another matter", "a row less", "another answer"],
)
def test_another_past_is_another_link_for_ever_after(event):
    after = [("open shortlist", "", []), ("close shortlist", "", [("shortlist", 7, "hall", "1", 1)])]

    one = links(("close vote 1", "", ROWS), *after)
    two = links(event, *after)

    assert all(a.digest != b.digest for a, b in zip(one, two, strict=True))


def test_an_opening_has_no_rows_and_still_a_link():
    one, two = links(("open vote 1", "rules", []), ("open vote 1", "rules", []))

    assert one.digest != two.digest
