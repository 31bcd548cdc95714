"""The proof of a rehearsal finds what is lost, doubled or changed."""

import pytest

from onnuri.rehearsal.diary import RoundNotes, share_of, turnout_s
from onnuri.rehearsal.proof import Kept, compared

MADE = {(7, 1): 1, (7, 2): -1, (8, 1): 0}
ROWS = [((7, 1), 1), ((7, 2), -1), ((8, 1), 0)]


def notes(made=MADE):
    return RoundNotes(1, "vote", made=dict(made))


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        (ROWS, Kept(3, 0, missing=0, doubled=0, changed=0)),
        (ROWS[1:], Kept(2, 0, missing=1, doubled=0, changed=0)),
        ([*ROWS, ROWS[0]], Kept(4, 0, missing=0, doubled=1, changed=0)),
        ([*ROWS, ((9, 1), 1)], Kept(4, 0, missing=0, doubled=1, changed=0)),
        ([((7, 1), -1), *ROWS[1:]], Kept(3, 0, missing=0, doubled=0, changed=1)),
    ],
    ids=["whole", "one lost", "one twice", "one nobody made", "one turned round"],
)
def test_every_answer_is_in_the_record_once_as_it_was_given(rows, kept):
    found = compared(notes(), rows, 0)

    assert found == kept
    assert found.whole is (rows is ROWS)


def test_a_turnout_is_timed_from_the_answer_that_made_it():
    one = notes()
    one.first_sent = {7: 10.0, 8: 11.0, 9: 12.0}
    one.turnout = [(10.5, 1), (10.9, 1), (12.5, 3)]

    assert turnout_s(one) == [0.5, 1.5, 0.5]


def test_a_share_of_none_is_none_and_of_one_is_that_one():
    assert [share_of([], 0.5), share_of([3.0], 0.01), share_of([3.0], 1.0)] == [None, 3.0, 3.0]
