"""The factorisation: missing stays missing, the grid holds, and who has no weight shapes nothing."""

import numpy as np
import pytest
from tests.landscape.planted import hall, rows_of

from onnuri.landscape.factorise import ITERATIONS, OFFSET_RIDGE, RIDGE, factorise, start_of
from onnuri.landscape.grid import STEP, WEIGHT_STEPS, as_integers, on_grid

RANK = 3


@pytest.fixture(scope="module")
def opinions():
    return hall(2, people=60, statements=20, answered=0.6, seed=5).votes().rows.signed.toarray()


@pytest.fixture(scope="module")
def factors(opinions):
    return factors_of(opinions)


def factors_of(opinions, *, rank=RANK, weight=None):
    weight = np.ones(len(opinions)) if weight is None else weight
    return factorise(rows_of(opinions), rank=rank, weight=np.rint(weight * WEIGHT_STEPS).astype(np.int64))


def slow_twin(opinions, start, iterations):
    """The same by the book: one person, one statement at a time, with nothing shared."""
    x = opinions
    seen = x != 0
    vectors = start
    offset = on_grid(x.sum(axis=0) / (seen.sum(axis=0) + OFFSET_RIDGE))
    for step in range(iterations + 1):
        person = np.zeros((len(x), RANK))
        for i, own in enumerate(seen):
            left = vectors[own].T @ vectors[own] + RIDGE * np.eye(RANK)
            person[i] = np.linalg.solve(left, vectors[own].T @ (x[i, own] - offset[own]))
        person = on_grid(person)
        if step == iterations:
            return person, vectors, offset
        vectors, offset = np.zeros_like(vectors), np.zeros_like(offset)
        for s, own in enumerate(seen.T):
            design = np.column_stack([person[own], np.ones(own.sum())])
            left = design.T @ design + np.diag([RIDGE] * RANK + [OFFSET_RIDGE])
            solved = on_grid(np.linalg.solve(left, design.T @ x[own, s]))
            vectors[s], offset[s] = solved[:RANK], solved[RANK]
    return None


def test_it_is_alternating_ridge_regression_person_by_person(opinions, factors):
    start = start_of(rows_of(opinions), RANK, np.full(60, WEIGHT_STEPS)).statement

    person, vectors, offset = slow_twin(opinions, start, ITERATIONS)

    # Sums in another order may part by a step of the grid, which the rounds that follow carry on.
    assert np.abs(as_integers(person) - as_integers(factors.person)).max() <= 16
    assert np.abs(as_integers(vectors) - as_integers(factors.statement)).max() <= 16
    assert np.abs(as_integers(offset) - as_integers(factors.offset)).max() <= 16


def test_every_number_lies_on_the_grid(factors):
    for values in (factors.person, factors.statement, factors.offset):
        assert np.array_equal(values, as_integers(values) * STEP)


def test_people_in_another_order_are_the_same_people_in_another_order(opinions, factors):
    order = np.random.Generator(np.random.PCG64(1)).permutation(60)

    other = factors_of(opinions[order])

    assert np.array_equal(other.person, factors.person[order])
    assert np.array_equal(other.statement, factors.statement)


def test_who_has_no_weight_is_folded_in_and_shapes_nothing(opinions, factors):
    stranger = np.full((1, 20), -1)

    joined = factors_of(np.vstack([opinions, stranger]), weight=np.append(np.ones(60), 0))

    assert np.array_equal(joined.statement, factors.statement)
    assert np.array_equal(joined.person[:60], factors.person)
    assert np.abs(joined.person[60]).max() > 0


def test_who_said_nothing_stands_in_the_middle(opinions):
    factors = factors_of(np.vstack([opinions, np.zeros((1, 20))]))

    assert factors.person[60].tolist() == [0, 0, 0]


def test_rank_none_is_the_mean_of_what_was_said_and_missing_is_not_a_pass():
    factors = factors_of(np.array([[1, 1], [1, 0], [1, 0], [-1, 0]]), rank=0)

    assert factors.offset.tolist() == on_grid(np.array([2 / 4.5, 1 / 1.5])).tolist()
    assert factors.at(np.array([3]), np.array([0])).tolist() == [factors.offset[0]]


def test_an_opinion_that_was_held_back_is_guessed_from_those_who_vote_alike():
    camps = np.array([[1.0, -1] * 10, [-1, 1] * 10])
    opinions = camps[np.arange(40) % 2]
    opinions[0, 0] = 0

    factors = factors_of(opinions, rank=1)

    assert factors.at(np.array([0]), np.array([0]))[0] > 0.5
