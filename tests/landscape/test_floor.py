"""The neighbourhood floor, against a twin that walks from person to person with a list in hand."""

from fractions import Fraction

import numpy as np
import pytest

from onnuri.landscape import Votes
from onnuri.landscape.cells import CELLS, COARSE, MOST_OWN_CELLS, _said, cells_of
from onnuri.landscape.floor import neighbourhood_floor
from onnuri.landscape.grid import WEIGHT_STEPS, on_grid
from onnuri.landscape.wilson import wilson


def crowd(seed, *, people=41, statements=5, dimensions=2):
    """Places on the grid, some of them shared by several people, and answers with gaps."""
    draw = np.random.Generator(np.random.PCG64(seed))
    place = on_grid(np.round(draw.normal(size=(people, dimensions)), 1))
    voted = draw.random((people, statements)) < 0.8
    return place, voted & (draw.random(voted.shape) < 0.7), voted


def floor_of(place, agree, voted, weight):
    cells, _ = cells_of(place, np.rint(np.asarray(weight) * WEIGHT_STEPS).astype(np.int64), rows_of(agree, voted))
    return neighbourhood_floor(cells)


def rows_of(agree, voted):
    """Their votes; a disagreement where somebody voted and did not agree."""
    person, statement = np.nonzero(np.ones(agree.shape))
    value = np.where(agree, 1, -1)[person, statement]
    votes = Votes(participant=person, statement=statement, value=value)
    starts = np.concatenate([[0], np.cumsum(voted.sum(axis=1))])
    kept = voted[person, statement]
    return type(votes.rows)(starts, votes.rows.column[kept], votes.rows.value[kept], agree.shape[1])


def slow_twin(place, agree, voted, weight):
    """By the words of the docstring, with exact shares of exact weights."""
    people = np.flatnonzero(weight > 0)
    people = people[np.lexsort((_said(rows_of(agree, voted))[people], *place[people].T[::-1]))].tolist()
    where = np.rint(place * COARSE).astype(int).tolist()
    steps = np.rint(weight * WEIGHT_STEPS).astype(int).tolist()
    total = sum(steps[p] for p in people)
    bounds = []
    for one in people:
        apart = {p: sum((a - b) ** 2 for a, b in zip(where[one], where[p], strict=True)) for p in people}
        left, o, n = Fraction(15 * total, 100), np.zeros(agree.shape[1]), np.zeros(agree.shape[1])
        for p in sorted(people, key=lambda p: (apart[p], people.index(p))):
            if left <= 0:
                break
            o += steps[p] / WEIGHT_STEPS * agree[p]
            n += steps[p] / WEIGHT_STEPS * voted[p]
            left -= steps[p]
        bounds.append(wilson(o, n)[0])
    return [lowest_twentieth(column, people, steps, total) for column in np.array(bounds).T.tolist()]


def lowest_twentieth(bounds, people, steps, total):
    """The smallest bound up to which more than 5 % of the weight lies."""
    return next(
        value
        for value in sorted(bounds)
        if 100 * sum(steps[p] for bound, p in zip(bounds, people, strict=True) if bound <= value) > 5 * total
    )


@pytest.mark.parametrize("seed", range(12))
def test_the_floor_is_what_walking_from_person_to_person_finds(seed):
    place, agree, voted = crowd(seed)

    found = floor_of(place, agree, voted, np.ones(41))

    assert found.score.tolist() == slow_twin(place, agree, voted, np.ones(41))


@pytest.mark.parametrize("seed", range(12))
def test_twins_who_share_a_vote_share_it_in_the_floor_too(seed):
    place, agree, voted = crowd(seed)
    weight = np.random.Generator(np.random.PCG64(seed)).integers(0, WEIGHT_STEPS + 1, 41) / WEIGHT_STEPS

    found = floor_of(place, agree, voted, weight)

    assert found.score.tolist() == slow_twin(place, agree, voted, weight)


def test_who_has_no_weight_neither_raises_nor_lowers_a_floor():
    place, agree, voted = crowd(1)
    brigade = np.zeros((20, 5), dtype=bool)

    joined = floor_of(
        np.vstack([place, place[:20]]),
        np.vstack([agree, brigade]),
        np.vstack([voted, ~brigade]),
        np.append(np.ones(41), np.zeros(20)),
    )

    assert joined.score.tolist() == floor_of(place, agree, voted, np.ones(41)).score.tolist()


def test_a_bloc_of_one_in_twenty_spoils_only_its_own_corner():
    place = on_grid(np.random.Generator(np.random.PCG64(3)).normal(size=(100, 2)))
    place[:5] += 50
    agree, voted = np.ones((100, 1), dtype=bool), np.ones((100, 1), dtype=bool)
    agree[:5] = False

    found = floor_of(place, agree, voted, np.ones(100))

    whole = wilson([15], [15])[0][0]
    assert found.score.tolist() == [whole]
    assert found.outside[:, 0].sum() == 5


def test_a_bloc_of_one_in_ten_is_heard():
    place = on_grid(np.random.Generator(np.random.PCG64(3)).normal(size=(100, 2)))
    place[:10] += 50
    agree, voted = np.ones((100, 1), dtype=bool), np.ones((100, 1), dtype=bool)
    agree[:10] = False

    found = floor_of(place, agree, voted, np.ones(100))

    assert found.score[0] == pytest.approx(wilson([5], [15])[0][0], abs=0.03)


def test_what_nobody_answered_has_no_floor_and_nobody_has_no_place():
    place, agree, voted = crowd(2)

    unanswered = floor_of(place, agree & False, voted & False, np.ones(41))
    nobody = floor_of(place, agree, voted, np.zeros(41))

    assert unanswered.score.tolist() == [0] * 5
    assert nobody.score.tolist() == [0] * 5
    assert not nobody.outside.any()


def test_one_person_is_their_own_neighbourhood():
    one = floor_of(np.zeros((1, 1)), np.array([[True, False]]), np.array([[True, True]]), np.ones(1))

    assert one.score.tolist() == wilson([1, 0], [1, 1])[0].tolist()


def test_beyond_two_thousand_people_those_who_stand_together_share_a_cell():
    people = 2 * MOST_OWN_CELLS
    place = on_grid(np.linspace(-1, 1, people)[:, None])
    agree = np.ones((people, 1), dtype=bool)
    agree[: people // 2] = np.arange(people // 2)[:, None] % 2 == 0
    voted = np.ones((people, 1), dtype=bool)

    cells, member = cells_of(place, np.full(people, WEIGHT_STEPS), rows_of(agree, voted))

    assert (len(cells.weight), len(set(member.tolist()))) == (CELLS, CELLS)
    assert cells.counts.sum() == people * WEIGHT_STEPS
    assert neighbourhood_floor(cells).score[0] == pytest.approx(wilson([300], [600])[0][0], abs=0.02)
