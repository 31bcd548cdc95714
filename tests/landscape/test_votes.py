"""Votes: the last answer of a person counts, the order of the rows does not, and a pass is not a gap."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onnuri.landscape import Votes, large

STEADY = settings(deadline=None, derandomize=True, max_examples=60)
ROWS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.sampled_from([1, 0, -1])), max_size=40)


def votes_of(rows, **about):
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return Votes(participant=columns[0], statement=columns[1], value=columns[2], **about)


def rows_of(votes):
    return list(zip(votes.participant.tolist(), votes.statement.tolist(), votes.value.tolist(), strict=True))


def test_who_answers_again_is_counted_once_with_the_last_answer():
    votes = votes_of([(7, 1, 1), (2, 1, 1), (7, 1, 0), (7, 1, -1)])

    assert rows_of(votes) == [(2, 1, 1), (7, 1, -1)]


@STEADY
@given(rows=ROWS)
def test_votes_are_what_a_dictionary_filled_in_order_would_hold(rows):
    votes = votes_of(rows)

    expected = {(person, statement): value for person, statement, value in rows}
    assert rows_of(votes) == [(*pair, expected[pair]) for pair in sorted(expected)]


@STEADY
@given(rows=ROWS, shuffled=st.randoms(use_true_random=False))
def test_without_second_answers_the_order_of_rows_is_irrelevant(rows, shuffled):
    once = list({row[:2]: row for row in rows}.values())
    other = shuffled.sample(once, len(once))

    assert rows_of(votes_of(other)) == rows_of(votes_of(once))


def test_a_pass_is_an_answer_but_no_opinion():
    votes = votes_of([(1, 1, 1), (1, 2, 0), (2, 2, -1)])

    assert votes.rows.told.toarray().tolist() == [[1, 0], [0, 1]]
    assert votes.rows.signed.toarray().tolist() == [[1, 0], [0, -1]]
    assert votes.rows.answers.tolist() == [2, 1]


def test_no_votes_are_votes_too():
    votes = Votes(participant=[], statement=[], value=[])

    assert (len(votes), votes.shape) == (0, (0, 0))


def test_published_votes_cannot_be_changed_in_place():
    votes = votes_of([(1, 1, 1)])

    with pytest.raises(ValueError, match="read-only"):
        votes.rows.value[0] = -1


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        (([1, 2], [1], [1]), "same length"),
        (([1], [1], [7]), "a vote is 1, 0 or -1"),
        (([-1], [1], [1]), "ids are integers from 0"),
        (([1], [-4], [1]), "ids are integers from 0"),
        ((["anna"], [1], [1]), "integers"),
        (([1.5], [1], [1]), "integers"),
        (([2**70], [1], [1]), "integers"),
    ],
    ids=["ragged", "vote 7", "negative person", "negative statement", "word", "half", "too large"],
)
def test_what_is_no_vote_is_refused(columns, reason):
    with pytest.raises(ValueError, match=reason):
        Votes(participant=columns[0], statement=columns[1], value=columns[2])


def test_everybody_is_trusted_unless_somebody_is_named():
    rows = [(1, 1, 1), (2, 1, 1), (3, 1, 1)]

    assert votes_of(rows).is_trusted().tolist() == [True, True, True]
    assert votes_of(rows, trusted=frozenset({1, 3, 99})).is_trusted().tolist() == [True, False, True]
    assert votes_of(rows, trusted=frozenset()).is_trusted().tolist() == [False, False, False]


def test_who_names_no_channel_came_online():
    votes = votes_of([(1, 1, 1), (2, 1, 1)], channel={1: "hall"})

    assert votes.channels().tolist() == ["hall", "online"]


def test_of_two_parts_the_later_one_wins():
    first, second = votes_of([(1, 1, 1), (2, 1, 1)]), votes_of([(1, 1, -1)])

    assert rows_of(first.joined(second)) == [(1, 1, -1), (2, 1, 1)]


@pytest.mark.parametrize("from_votes", [0, large.LARGE])
@STEADY
@given(old=ROWS, new=ROWS)
def test_newer_votes_join_as_if_all_had_come_at_once(from_votes, old, new):
    first = votes_of(old)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(large, "LARGE", from_votes)
        joined = first.joined(votes_of(new))

    at_once = votes_of(old + new)
    assert rows_of(joined) == rows_of(at_once)
    assert joined.participants.tolist() == at_once.participants.tolist()
    assert joined.statements.tolist() == at_once.statements.tolist()
    assert rows_of(first) == rows_of(votes_of(old))


@STEADY
@given(rows=ROWS, wide=st.sampled_from([1, 10**5, 2**31 - 1, 2**40]))
def test_ids_with_gaps_are_ids_like_any_other(rows, wide):
    spread = [(p * wide, s * wide, v) for p, s, v in rows]

    assert rows_of(votes_of(spread)) == [(p * wide, s * wide, v) for p, s, v in rows_of(votes_of(rows))]


@STEADY
@given(rows=ROWS, bits=st.sampled_from([63, 3]))
def test_packed_into_one_number_or_not_the_votes_are_the_same(rows, bits):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("onnuri.landscape.votes.BITS", bits)
        assert rows_of(votes_of(rows)) == sorted((*pair, v) for pair, v in {r[:2]: r[2] for r in rows}.items())


@STEADY
@given(rows=ROWS, more=ROWS)
def test_votes_that_join_later_are_as_if_they_had_come_with_the_first(rows, more):
    joined, together = votes_of(rows).joined(votes_of(more)), votes_of([*rows, *more])

    assert rows_of(joined) == rows_of(together)
    assert joined.participants.tolist() == together.participants.tolist()
    assert joined.statements.tolist() == together.statements.tolist()


def test_who_was_trusted_before_is_still_trusted_among_those_who_join():
    first = votes_of([(1, 1, 1), (2, 1, 1)], trusted=frozenset({1}), channel={1: "hall"}, texts={1: "More trees"})

    joined = first.joined(votes_of([(3, 2, 1)]))

    assert joined.is_trusted().tolist() == [True, False, True]
    assert joined.channels().tolist() == ["hall", "online", "online"]
    assert joined.texts == {1: "More trees"}
