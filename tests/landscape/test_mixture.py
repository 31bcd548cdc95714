"""The mixture of groups, against a plain twin that asks one person after the other with NumPy's own algebra."""

import importlib.util
from dataclasses import replace

import numpy as np
import pytest

from onnuri.landscape.grid import STEP, WEIGHT_STEPS, on_grid
from onnuri.landscape.mixture import (
    ENOUGH,
    ITERATIONS,
    Evidence,
    Mixture,
    _climb,
    fit_mixture,
    fit_mixtures,
    refine,
)

DIMENSIONS = 3
NEAR = 1e-5
"""Values are rounded to the grid of 2^-20; a step of it is carried on by the steps that follow."""


def crowd(seed, *, people=60):
    """Three clouds of people whose votes say more or less exactly where they stand; some share a vote of weight."""
    draw = np.random.Generator(np.random.PCG64(seed))
    centre = draw.normal(size=(3, DIMENSIONS)) * 2
    place = on_grid(centre[np.arange(people) % 3] + draw.normal(size=(people, DIMENSIONS)))
    root = draw.normal(size=(people, DIMENSIONS, DIMENSIONS))
    precision = on_grid(root @ root.transpose(0, 2, 1) * draw.uniform(0.1, 3, people)[:, None, None])
    pull = on_grid(np.einsum("nab,nb->na", precision, place))
    return Evidence(precision, pull, place, draw.integers(1, WEIGHT_STEPS + 1, people) / WEIGHT_STEPS)


def start(seed, k=3):
    draw = np.random.Generator(np.random.PCG64(seed + 100))
    spread = np.eye(DIMENSIONS) + 0.1
    return Mixture(np.full(k, 1 / k), on_grid(draw.normal(size=(k, DIMENSIONS))), on_grid(spread), -np.inf)


def one_step(mixture, evidence):
    """Per person: log weight of each group, place and doubt as a member of each."""
    inverse = np.linalg.inv(mixture.spread)
    k, n, d = mixture.k, len(evidence), DIMENSIONS
    log_weights, mean, doubt = np.zeros((n, k)), np.zeros((n, k, d)), np.zeros((n, d, d))
    for i in range(n):
        own = inverse + evidence.precision[i]
        doubt[i] = np.linalg.inv(own)
        for g in range(k):
            centre = mixture.centre[g]
            mean[i, g] = np.linalg.solve(own, inverse @ centre + evidence.pull[i])
            log_weights[i, g] = (
                mean[i, g] @ own @ mean[i, g] / 2
                - np.linalg.slogdet(own)[1] / 2
                - np.linalg.slogdet(mixture.spread)[1] / 2
                - centre @ inverse @ centre / 2
                + np.log(mixture.share[g])
            )
    return log_weights, mean, doubt


def slow_twin(mixture, evidence, *, round_spread):
    """One climb by the book: shares, centres and spread that the people's own posteriors give."""
    weight, total = evidence.weight, evidence.weight.sum()
    for _ in range(ITERATIONS):
        log_weights, mean, doubt = one_step(mixture, evidence)
        most = log_weights.max(axis=1)
        likely = np.exp(log_weights - most[:, None])
        gained = (weight * (most + np.log(likely.sum(axis=1)))).sum()
        if gained - mixture.log_likelihood < ENOUGH * total:
            break
        own = likely / likely.sum(axis=1, keepdims=True) * weight[:, None]
        mass = own.sum(axis=0)
        centre = np.stack([own[:, g] @ mean[:, g] / mass[g] for g in range(mixture.k)])
        spread = np.zeros((DIMENSIONS, DIMENSIONS))
        for i in range(len(weight)):
            spread += weight[i] * doubt[i]
            for g in range(mixture.k):
                away = mean[i, g] - centre[g]
                spread += own[i, g] * np.outer(away, away)
        spread = spread / total + np.eye(DIMENSIONS) * 1e-4
        if round_spread:
            spread = np.eye(DIMENSIONS) * np.trace(spread) / DIMENSIONS
        share = mass / mass.sum()
        share = (share + 1 / mixture.k) / 2 if round_spread else share
        mixture = Mixture(share, centre, spread, gained)
    return mixture


def climb(mixture, evidence, *, round_spread):
    one = Mixture(mixture.share[None], mixture.centre[None], mixture.spread[None], np.full(1, -np.inf))
    return _climb(evidence.of(np.arange(len(evidence))[None]), one, round_spread=round_spread)


@pytest.mark.parametrize("round_spread", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_a_climb_is_what_asking_one_person_after_the_other_gives(seed, round_spread):
    people = crowd(seed)

    found = climb(start(seed), people, round_spread=round_spread)

    slow = slow_twin(start(seed), people, round_spread=round_spread)
    assert found.log_likelihood[0] == pytest.approx(slow.log_likelihood, abs=1e-3)
    assert np.abs(found.share[0] - slow.share).max() < NEAR
    assert np.abs(found.centre[0] - slow.centre).max() < 10 * NEAR
    assert np.abs(found.spread[0] - slow.spread).max() < 10 * NEAR


@pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="Numba is not installed")
@pytest.mark.parametrize("round_spread", [True, False])
@pytest.mark.parametrize("k", [1, 3])
def test_among_many_people_the_compiled_climb_is_the_plain_one(k, round_spread):
    people = crowd(4)

    found = climb(start(4, k), replace(people, many=True), round_spread=round_spread)

    plain = climb(start(4, k), people, round_spread=round_spread)
    assert np.abs(found.share - plain.share).max() < NEAR
    assert np.abs(found.centre - plain.centre).max() < NEAR
    assert np.abs(found.spread - plain.spread).max() < NEAR
    assert found.log_likelihood[0] == pytest.approx(plain.log_likelihood[0], abs=1e-3)


@pytest.mark.parametrize("seed", range(3))
def test_a_posterior_is_what_a_persons_votes_say_of_each_group(seed):
    people, mixture = crowd(seed), start(seed)

    found = mixture.posterior(people)

    log_weights, _, _ = one_step(mixture, people)
    likely = np.exp(log_weights - log_weights.max(axis=1, keepdims=True))
    assert np.abs(found - likely / likely.sum(axis=1, keepdims=True)).max() < NEAR
    assert np.abs(found.sum(axis=1) - 1).max() <= mixture.k * STEP


def test_who_said_nothing_belongs_to_each_group_as_much_as_its_share():
    silent = Evidence(np.zeros((1, 2, 2)), np.zeros((1, 2)), np.zeros((1, 2)), np.ones(1))
    mixture = Mixture(np.array([0.75, 0.25]), np.array([[3.0, 0], [-1, 5]]), np.eye(2), 0.0)

    assert mixture.posterior(silent).tolist() == [[0.75, 0.25]]


@pytest.mark.parametrize("round_spread", [True, False])
@pytest.mark.parametrize("k", [1, 2, 4])
def test_sets_of_people_climbed_at_once_are_each_climbed_alone(k, round_spread):
    people = crowd(5)
    draw = np.random.Generator(np.random.PCG64(5))
    sets = np.array([np.sort(draw.permutation(60)[:30]) for _ in range(5)])

    together = fit_mixtures(people, sets, k, round_spread=round_spread)

    for row, own in enumerate(sets):
        alone = fit_mixture(people.of(own), k, round_spread=round_spread)
        assert np.array_equal(together.share[row], alone.share)
        assert np.array_equal(together.centre[row], alone.centre)
        assert np.array_equal(together.spread[row], alone.spread)
        assert together.log_likelihood[row] == alone.log_likelihood
        assert np.array_equal(together.posterior(people)[row], alone.posterior(people))


def test_sets_of_many_people_are_climbed_in_two_threads_with_the_same_result(monkeypatch):
    people, sets = crowd(6), np.arange(60).reshape(3, 20)
    at_once = fit_mixtures(people, sets, 2, round_spread=True)

    monkeypatch.setattr("onnuri.landscape.mixture.WORTH_A_THREAD", 10)
    in_threads = fit_mixtures(people, sets, 2, round_spread=True)

    assert np.array_equal(in_threads.centre, at_once.centre)


def test_published_groups_are_drawn_half_way_to_equal_size_and_have_one_round_spread():
    found = fit_mixture(crowd(7), 3, round_spread=True)

    assert found.share.min() >= 1 / 6
    assert found.share.sum() == pytest.approx(1, abs=1e-4)
    assert np.array_equal(found.spread, np.eye(DIMENSIONS) * found.spread[0, 0])


def test_groups_that_are_climbed_on_from_keep_their_order():
    people = crowd(8)
    first = fit_mixture(people, 3, round_spread=True)
    turned = [2, 0, 1]
    other = Mixture(first.share[turned], first.centre[turned], first.spread, first.log_likelihood)

    found, again = refine(first, people), refine(other, people)

    assert np.abs(found.centre - first.centre).max() < 0.2
    assert np.abs(again.centre - found.centre[turned]).max() < NEAR
    assert float(found.log_likelihood) >= float(first.log_likelihood)


def test_nobody_without_weight_moves_a_group():
    people = crowd(9)
    far = Evidence(
        np.concatenate([people.precision, people.precision[:5]]),
        np.concatenate([people.pull, people.pull[:5] + 40]),
        np.concatenate([people.place, people.place[:5] + 9]),
        np.append(people.weight, np.zeros(5)),
    )

    assert np.array_equal(refine(start(9), far).centre, refine(start(9), people).centre)
