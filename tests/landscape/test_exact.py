"""The same votes, the same whole numbers: in any order, in any parts, by any number of threads, compiled or not."""

import importlib.util
import multiprocessing
import sys
import warnings
from itertools import pairwise

import numpy as np
import pytest
from tests.landscape.planted import hall

from onnuri.landscape import Votes, fit, large, parts, sums
from onnuri.landscape.cells import cells_of, nearest
from onnuri.landscape.cholesky import backward, factor, forward, inverse_factor, solve
from onnuri.landscape.factorise import factorise
from onnuri.landscape.mixture import evidence_of, residual_variance
from onnuri.landscape.space import canonical
from onnuri.landscape.votes import Rows

compiled = pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="Numba is not installed")


@pytest.fixture(scope="module")
def crowd():
    """Three groups of 2,400 people in all: more than have a cell of their own."""
    return hall(3, people=2400, statements=40, answered=0.5, noise=0.2, seed=4)


@pytest.fixture(scope="module")
def landscape(crowd):
    return fit(crowd.votes())


@pytest.fixture
def rows(crowd):
    return crowd.votes().rows


def draw(shape, seed=0):
    return np.random.Generator(np.random.PCG64(seed)).integers(-(2**40), 2**40, shape)


# ---- sums


@compiled
def test_compiled_sums_are_the_plain_ones(rows, monkeypatch):
    told, signed, own = draw((40, 5)), draw((40, 3)), draw((2400, 4))
    place, weight = np.arange(2400) % 7 - 1, np.arange(2400) % 65

    plain = by_all(rows, told, signed, own, place, weight)
    monkeypatch.setattr(large, "LARGE", 0)

    for one, two in zip(by_all(rows, told, signed, own, place, weight), plain, strict=True):
        assert np.array_equal(one, two)


def by_all(rows, told, signed, own, place, weight):
    return (
        sums.by_person(rows, told, signed),
        sums.by_statement(rows, own[:, :3], own[:, 3:]),
        sums.count_by_place(rows, place, weight, 6),
    )


@compiled
def test_compiled_steps_are_the_plain_ones(crowd, rows, monkeypatch):
    few = hall(2, people=60, statements=12, seed=1).votes().rows

    plain = [*by_steps(rows), *by_steps(few)]
    monkeypatch.setattr(large, "LARGE", 0)

    for one, two in zip([*by_steps(rows), *by_steps(few)], plain, strict=True):
        assert np.array_equal(one, two)


def by_steps(rows):
    weight = np.arange(rows.people) % 65
    factors = factorise(rows, rank=4, weight=weight, iterations=2)
    space = canonical(factors, weight)
    evidence = evidence_of(rows, space, space.place, weight / 64, 0.37)
    cells, member = cells_of(space.place, weight, rows)
    return (
        *(factors.person, factors.statement, factors.offset),
        *(evidence.precision, evidence.pull, residual_variance(rows, space, space.place)),
        *(cells.centre, cells.counts, member, nearest(space.place, cells.centre, rows.size)),
        sums.count_twice(rows, np.arange(rows.people) % 7 - 1, weight, 7),
    )


@pytest.mark.parametrize("wide", [1, 7, 300])
def test_a_product_in_pieces_is_the_product(wide, monkeypatch):
    one, two = (draw(shape).astype(float) % 1000 for shape in ((9, 20), (20, wide)))

    for at_once in (1, 180, 1 << 18):
        monkeypatch.setattr(sums, "AT_ONCE", at_once)
        assert np.array_equal(sums.product(one, two), one @ two)


def test_a_forked_process_has_threads_of_its_own():
    sums.in_threads(abs, [1, -2])

    with warnings.catch_warnings():
        # Newer Pythons warn of forking where threads are; that is the point here.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = multiprocessing.get_context("fork").Pool(1)
    with child:
        assert child.apply_async(sums.in_threads, (abs, [1, -2, 3])).get(timeout=20) == [1, 2, 3]


def test_a_sum_is_what_adding_one_vote_after_the_other_gives():
    rows = Votes(participant=[1, 1, 1, 2], statement=[1, 2, 3, 3], value=[1, -1, 0, -1]).rows

    assert sums.by_person(rows, np.array([[1], [10], [100]]), np.array([[1], [10], [100]])).tolist() == [
        [11, -9],
        [100, -100],
    ]
    assert sums.by_statement(rows, np.array([[5], [7]]), np.array([[5], [7]])).tolist() == [[5, 5], [5, -5], [7, -7]]
    assert sums.count_by_place(rows, np.array([0, -1]), np.array([3, 9]), 1).tolist() == [
        [[0, 0, 3], [3, 0, 0], [0, 3, 0]]
    ]


@pytest.mark.parametrize("cuts", [[], [1200], [1, 2, 1000, 1001, 2000, 2399]])
def test_people_in_parts_add_up_to_everybody(rows, cuts):
    own = draw((2400, 4))
    edges = [0, *cuts, 2400]

    total = sum(sums.by_statement(rows.part(a, b), own[a:b, :2], own[a:b, 2:]) for a, b in pairwise(edges))

    assert np.array_equal(total, sums.by_statement(rows, own[:, :2], own[:, 2:]))


def test_some_people_are_those_people(rows):
    some = rows.some(np.array([5, 3, 2399]))

    assert np.array_equal(some.signed.toarray(), rows.signed.toarray()[[5, 3, 2399]])
    assert isinstance(rows.some(np.arange(2400)), Rows)


# ---- small systems


@pytest.mark.parametrize("size", [1, 2, 5])
def test_small_systems_are_solved_as_a_library_would(size):
    random = np.random.Generator(np.random.PCG64(size))
    root = random.normal(size=(30, size, size))
    matrix = root @ root.transpose(0, 2, 1) + np.eye(size)
    right = random.normal(size=(30, size))
    columns = [[matrix[:, a, b] for b in range(a + 1)] for a in range(size)]

    found = solve(columns, list(right.T))
    lower = factor(columns)

    assert np.allclose(np.column_stack(found), np.linalg.solve(matrix, right[:, :, None])[:, :, 0], atol=1e-10)
    assert np.allclose(np.column_stack(backward(lower, forward(lower, list(right.T)))), np.column_stack(found))
    inverse = inverse_factor(lower)
    assert np.allclose(inverse[-1][0], np.linalg.inv(np.linalg.cholesky(matrix))[:, -1, 0], atol=1e-10)


# ---- the whole landscape


@pytest.mark.parametrize("seed", [1, 2])
def test_shuffled_votes_have_the_same_digest(crowd, landscape, seed):
    assert fit(crowd.shuffled(seed)).digest == landscape.digest


@pytest.mark.parametrize("at_a_time", [7, 343, 1200, 5000])
def test_people_read_in_parts_have_the_same_digest(crowd, landscape, at_a_time, monkeypatch):
    if at_a_time == 7:
        crowd = hall(3, people=90, statements=20, seed=4)
        landscape = fit(crowd.votes())
    monkeypatch.setattr(parts, "PART", at_a_time)

    again = fit(crowd.votes())

    assert again.digest == landscape.digest
    assert np.array_equal(again.place, landscape.place)
    assert np.array_equal(again.posterior, landscape.posterior)


@pytest.mark.parametrize("threads", [1, 3])
def test_any_number_of_threads_has_the_same_digest(crowd, landscape, threads, monkeypatch):
    monkeypatch.setattr(sums, "_threads", lambda: threads)

    assert fit(crowd.votes()).digest == landscape.digest


@compiled
def test_compiled_and_plain_have_the_same_digest(crowd, landscape, monkeypatch):
    monkeypatch.setattr(large, "LARGE", 0)

    again = fit(crowd.votes())

    assert again.digest == landscape.digest
    assert np.array_equal(again.place, landscape.place)


def test_who_is_learned_from_is_chosen_by_hash_and_everybody_is_placed(crowd, landscape, monkeypatch):
    monkeypatch.setattr(sys.modules["onnuri.landscape.assembly"], "MOST_LEARNED", 800)

    some = fit(crowd.votes())
    again = fit(crowd.shuffled(9))

    both = (some.assignment >= 0) & (landscape.assignment >= 0)
    assert some.digest == again.digest
    assert len(some.model.weight) == 800
    assert some.k == landscape.k == 3
    assert (some.assignment >= 0).mean() > 0.9
    agree = np.array(
        [[(some.assignment[both & (landscape.assignment == g)] == h).mean() for h in range(3)] for g in range(3)]
    )
    assert agree.max(axis=1).min() > 0.97
