"""How many groups there are: as many as were planted, and one where nobody can know."""

from dataclasses import dataclass

import numpy as np
import pytest
from tests.landscape.planted import hall

from onnuri.landscape.agreement import adjusted_rand
from onnuri.landscape.factorise import factorise
from onnuri.landscape.grid import WEIGHT_STEPS
from onnuri.landscape.groups import CERTAIN, FEWEST_TO_GROUP, find_groups, place_people
from onnuri.landscape.mixture import Evidence, evidence_of, residual_variance
from onnuri.landscape.space import canonical


def evidence(crowd):
    """Everybody's evidence in the space of four dimensions."""
    rows, weight = crowd.votes().rows, np.full(len(crowd.group), WEIGHT_STEPS)
    space = canonical(factorise(rows, rank=4, weight=weight), weight)
    return evidence_of(rows, space, space.place, np.ones(len(weight)), residual_variance(rows, space, space.place))


@dataclass(frozen=True, eq=False)
class Found:
    k: int
    loose: bool
    posterior: np.ndarray
    assignment: np.ndarray


def groups_of(evidence):
    grouping = find_groups(evidence)
    posterior = grouping.posterior(evidence)
    return Found(grouping.k, grouping.loose, posterior, place_people(posterior))


def clouds(*centres, people, spread=0.3, seed=0):
    """People around centres of the plane whose votes say exactly where they are."""
    draw = np.random.Generator(np.random.PCG64(seed))
    group = np.arange(people) % len(centres)
    place = np.array(centres, dtype=float)[group] + spread * draw.normal(size=(people, 2))
    precision = np.broadcast_to(np.eye(2) * 50, (people, 2, 2)).copy()
    return Evidence(precision, place * 50, place, np.ones(people)), group


# Hubert & Arabie 1985 as worked out on 2 x 2 and 3 x 3 tables by hand.
@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ([0, 0, 1, 1], [5, 5, 2, 2], 1.0),
        ([0, 0, 1, 1], [0, 1, 0, 1], -0.5),
        ([0, 0, 0, 0], [1, 1, 1, 1], 1.0),
        ([0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 2, 2], (2 - 6 * 3 / 15) / (4.5 - 6 * 3 / 15)),
        ([], [], 1.0),
    ],
    ids=["other names", "crossed", "one group", "half", "nobody"],
)
def test_agreement_of_two_groupings(one, two, expected):
    assert adjusted_rand(one, two) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("groups", [1, 2, 3])
def test_as_many_groups_are_found_as_were_planted(groups):
    crowd = hall(groups, people=150, seed=2)

    found = groups_of(evidence(crowd))

    placed = found.assignment >= 0
    assert found.k == groups
    assert not found.loose
    assert placed.mean() >= 0.9
    assert adjusted_rand(found.assignment[placed], crowd.group[placed]) >= 0.85


def test_a_person_is_placed_only_where_it_is_certain():
    found = groups_of(evidence(hall(3, people=150, answered=0.5, seed=4)))

    sure = found.posterior.max(axis=1) >= CERTAIN
    assert np.array_equal(found.assignment >= 0, sure)
    assert np.array_equal(found.assignment[sure], found.posterior[sure].argmax(axis=1))
    # On the grid, so that the last digit of an exponential is nobody's fate.
    assert np.abs(found.posterior.sum(axis=1) - 1).max() < 1e-5


def test_the_largest_group_comes_first():
    three, group = clouds((0, 0), (0, 0), (0, 0), (6, 0), (6, 0), (0, 6), people=120)

    found = groups_of(three)

    assert np.bincount(found.assignment).tolist() == [60, 40, 20]
    assert adjusted_rand(found.assignment, np.array([0, 0, 0, 1, 1, 2])[group]) == 1


def test_below_forty_people_there_is_one_group_however_far_apart_they_stand():
    few, _ = clouds((0, 0), (9, 9), people=FEWEST_TO_GROUP - 1)
    enough, _ = clouds((0, 0), (9, 9), people=FEWEST_TO_GROUP)

    assert groups_of(few).k == 1
    assert groups_of(enough).k == 2


def test_one_cloud_is_one_group_and_everybody_is_in_it():
    one, _ = clouds((0, 0), people=150, spread=1)

    found = groups_of(one)

    assert (found.k, found.loose) == (1, False)
    assert found.assignment.tolist() == [0] * 150


@pytest.mark.parametrize("points", [1, 2, 3])
def test_people_who_stand_on_one_spot_are_no_reason_to_stumble(points):
    spots, group = clouds(*[(4 * i, 0) for i in range(points)], people=120, spread=0)

    found = groups_of(spots)

    assert found.k == points
    assert adjusted_rand(found.assignment, group) == 1
