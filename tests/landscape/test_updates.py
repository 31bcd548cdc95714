"""Votes that arrive while a picture is on show: who voted stands where their votes put them, and nobody else moves."""

import numpy as np
import pytest
from tests.landscape.planted import hall

from onnuri.landscape import Votes, fit
from onnuri.landscape.grid import WEIGHT_STEPS
from onnuri.landscape.model import read
from onnuri.landscape.updates import place_again

GAP = 1000
"""Ids of statements are far apart: 1000, 2000, ..."""


@pytest.fixture(scope="module")
def crowd():
    return hall(2, people=80, statements=20, answered=0.8, noise=0.1, seed=3)


@pytest.fixture(scope="module")
def shown(crowd):
    return fit(spread(crowd.rows))


def spread(rows, **about):
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return Votes(participant=columns[0], statement=GAP * columns[1], value=columns[2], **about)


def everybody(landscape, votes):
    """What the model says of all these people, on the statements it was made of."""
    people = votes.shape[0]
    whole = np.full(people, WEIGHT_STEPS)
    return read(landscape.model, votes.rows, np.ones(people, dtype=bool), whole, np.full(people, -1))


def of(crowd, *people):
    return [row for row in crowd.rows if row[0] in people]


@pytest.mark.parametrize("person", [1, 2, 40, 80])
def test_a_voter_stands_exactly_where_all_their_votes_put_them(crowd, shown, person):
    new = [(person, statement, 1) for statement in (1, 5, 9, 20)]

    found = place_again(shown, spread(new))

    expected = everybody(shown, spread(crowd.rows + new))
    assert found.participants.tolist() == [person]
    assert np.array_equal(found.place, expected.place[person - 1 : person])
    assert np.array_equal(found.posterior, expected.posterior[person - 1 : person])
    assert np.array_equal(found.assignment, expected.assignment[person - 1 : person])


def test_who_says_again_what_they_said_stays_where_they_were(crowd, shown):
    found = place_again(shown, spread(of(crowd, 3, 7)))

    assert found.participants.tolist() == [3, 7]
    assert np.array_equal(found.place, shown.place[[2, 6]])
    assert np.array_equal(found.assignment, shown.assignment[[2, 6]])


def test_many_at_once_are_each_alone(crowd, shown):
    new = [(person, 4, -1) for person in crowd.people]

    found = place_again(shown, spread(new))

    assert np.array_equal(found.place, np.vstack([place_again(shown, spread([row])).place for row in new]))


def test_somebody_new_is_placed_with_those_who_answer_like_them(crowd, shown):
    friend = int(np.flatnonzero(shown.assignment == 1)[0]) + 1
    new = [(9000, statement, value) for _, statement, value in of(crowd, friend)]

    found = place_again(shown, spread(new))

    assert np.array_equal(found.place[0], shown.place[friend - 1])
    assert found.assignment.tolist() == [1]


def test_the_known_and_the_new_come_together_in_the_order_of_their_ids(crowd, shown):
    new = [(9000, 1, 1), (2, 1, -1), (85, 3, 1), (40, 2, 0)]

    found = place_again(shown, spread(new))

    assert found.participants.tolist() == [2, 40, 85, 9000]
    alone = [place_again(shown, spread([row])).place[0] for row in sorted(new)]
    assert np.array_equal(found.place, np.array(alone))


def test_who_has_answered_little_is_not_yet_placed(shown):
    six = [(9000, statement, 1) for statement in range(1, 7)]

    assert place_again(shown, spread(six)).assignment.tolist() == [-1]
    assert place_again(shown, spread(six)).posterior.sum() == 0
    assert place_again(shown, spread([*six, (9000, 7, 1)])).posterior.sum() > 0


def test_a_voice_without_a_ticket_is_not_placed_however_much_it_says(shown):
    new = spread([(9000, statement, 1) for statement in range(1, 21)], trusted=frozenset({1, 2}))

    assert place_again(shown, new).assignment.tolist() == [-1]


def test_a_statement_that_came_since_is_left_out_until_the_next_refresh(crowd, shown):
    plain = place_again(shown, spread([(5, 1, 1)]))

    found = place_again(shown, spread([(5, 1, 1), (5, 77, -1)]))
    only = place_again(shown, spread([(5, 77, -1), (9001, 77, 1)]))

    assert np.array_equal(found.place, plain.place)
    assert np.array_equal(only.place[0], shown.place[4])
    assert only.participants.tolist() == [5, 9001]
    assert only.assignment[1] == -1


def test_ids_between_those_of_two_statements_are_no_statement(shown):
    between = Votes(participant=[5] * 3, statement=[GAP - 1, GAP + 1, 21 * GAP], value=[-1, -1, -1])

    assert np.array_equal(place_again(shown, between).place[0], shown.place[4])


def test_the_last_answer_counts(crowd, shown):
    thought_better = [(5, 2, -1), (5, 2, 0), (5, 2, 1)]

    found = place_again(shown, spread(thought_better))

    assert np.array_equal(found.place, place_again(shown, spread([(5, 2, 1)])).place)
    assert not np.array_equal(found.place, place_again(shown, spread([(5, 2, -1)])).place)


def test_who_takes_everything_back_stands_in_the_middle_and_is_still_placed_by_their_passes(crowd, shown):
    passes = [(5, statement, 0) for statement in range(1, 21)]

    found = place_again(shown, spread(passes))

    assert np.array_equal(found.place, place_again(shown, spread([(9000, s, 0) for s in range(1, 21)])).place)


def test_nobody_voted_and_nobody_moves(shown):
    found = place_again(shown, spread([]))

    assert found.place.shape == (0, shown.place.shape[1])
    assert found.participants.tolist() == found.assignment.tolist() == []


def test_the_landscape_stays_as_it_was(shown):
    before = shown.digest, shown.place.copy(), shown.votes.rows.value.copy()

    place_again(shown, spread([(1, 1, -1), (2, 1, 1)]))

    assert before[0] == shown.digest
    assert np.array_equal(before[1], shown.place)
    assert np.array_equal(before[2], shown.votes.rows.value)


def test_where_there_is_no_space_nobody_can_be_placed():
    with pytest.raises(ValueError, match="no space"):
        place_again(fit(spread([(1, 1, 1)])), spread([(1, 1, -1)]))


def test_after_a_refresh_a_voter_is_placed_in_the_refreshed_space(crowd, shown):
    refreshed = fit(spread([*crowd.rows, (1, 1, -1)]), shown)

    found = place_again(refreshed, spread([(6, 3, -1)]))

    expected = everybody(refreshed, spread([*crowd.rows, (1, 1, -1), (6, 3, -1)]))
    assert np.array_equal(found.place[0], expected.place[5])
