"""Twins, against a plain twin of the rule that goes from pair to pair and from answer to answer."""

import importlib.util
from math import exp, floor, log

import numpy as np
import pytest

from onnuri.landscape import Votes, fit, large
from onnuri.landscape.agreement import adjusted_rand
from onnuri.landscape.grid import WEIGHT_STEPS
from onnuri.landscape.sums import count_by_place
from onnuri.landscape.twins import (
    ALIKE,
    ALIKE_AT_FIRST,
    ALLOWED,
    FEWEST_COMMON,
    SLIP,
    TOO_FAR,
    WIDTH,
    WORTH_A_LOOK,
    References,
    global_rates,
    weigh,
)

STATEMENTS = 24
BRIGADE = 9
PEOPLE = 40 + BRIGADE
EVERYBODY = np.arange(PEOPLE)
WHOLE = np.full(PEOPLE, WEIGHT_STEPS)


def hall(seed):
    """Forty people with passes and gaps, and nine who say nearly the same."""
    draw = np.random.Generator(np.random.PCG64(seed))
    said = draw.choice([-1, 0, 1], size=(PEOPLE, STATEMENTS), p=[0.25, 0.1, 0.65])
    said[40:] = np.where(np.arange(STATEMENTS) % 4, -1, 1)
    said[42:44, :3] *= -1
    seen = draw.random(said.shape) < np.where(EVERYBODY < 40, 0.7, 0.9)[:, None]
    person, statement = np.nonzero(seen)
    return Votes(participant=person, statement=statement, value=said[seen]).rows


def everywhere(rows):
    """One cell, and the rates of all."""
    one = np.zeros(rows.people, dtype=np.int64)
    return one, global_rates(count_by_place(rows, one, WHOLE, 1))


def nearby(rows):
    """Five neighbourhoods, each with rates of its own."""
    draw = np.random.Generator(np.random.PCG64(rows.size))
    return draw.integers(0, 5, rows.people), draw.uniform(0.3, 0.8, (5, rows.statements))


def slow_twin(rows, people, cell, rates, references, alike):
    """By the words of the docstring, in whole 1/1024 nats."""
    slip = round(2 * 1024 * log(SLIP))

    def worth(c, statement, said):
        p = float(rates[c, statement])
        return round(1024 * log((1 - SLIP) / (p if said > 0 else 1 - p) + SLIP))

    own, theirs = answers(rows), answers(references.rows)
    weights = []
    for i, mine in enumerate(own):
        gains = [worth(cell[i], s, said) for s, said in mine.items()]
        hopeless = len(gains) < FEWEST_COMMON or sum(gains) / len(gains) < WORTH_A_LOOK * alike * 1024
        if references.each > 1 and hopeless:
            weights.append(WEIGHT_STEPS)
            continue
        twins = 0.0
        for j, other in enumerate(theirs):
            common = sorted(mine.keys() & other.keys())
            if people[i] == references.people[j] or len(common) < FEWEST_COMMON:
                continue
            nats = sum(
                worth(cell[i], s, mine[s]) + worth(references.cell[j], s, mine[s]) if mine[s] == other[s] else slip
                for s in common
            )
            if nats > floor((alike - TOO_FAR * WIDTH) * 2 * 1024 * len(common)):
                twins += 1 / (1 + exp(-(nats / (2 * 1024 * len(common)) - alike) / WIDTH))
        weights.append(round(WEIGHT_STEPS / (1 + max(twins - ALLOWED, 0) * references.each)))
    return weights


def answers(rows):
    """Who said what, passes left out."""
    found = [{} for _ in range(rows.people)]
    for person, statement, said in zip(*(c.tolist() for c in rows.flat), strict=True):
        if said:
            found[person][statement] = said
    return found


def against(rows, cell, chosen=EVERYBODY):
    return References(rows.some(chosen), chosen, cell[chosen], rows.people / len(chosen))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("rates_of", "alike"), [(everywhere, 0.4), (nearby, ALIKE), (nearby, ALIKE_AT_FIRST)])
def test_weights_are_what_going_from_pair_to_pair_finds(seed, rates_of, alike):
    rows = hall(seed)
    cell, rates = rates_of(rows)

    found = weigh(rows, EVERYBODY, cell, rates, against(rows, cell), alike)

    assert found.tolist() == slow_twin(rows, EVERYBODY, cell, rates, against(rows, cell), alike)
    assert found[:40].tolist() == [WEIGHT_STEPS] * 40
    assert len(set(found[40:].tolist())) > 1


@pytest.mark.parametrize("path", ["plain", "compiled"])
@pytest.mark.parametrize("rates_of", [everywhere, nearby])
def test_some_references_stand_for_all_and_are_scaled_up(path, rates_of, monkeypatch):
    if path == "compiled":
        if importlib.util.find_spec("numba") is None:
            pytest.skip("Numba is not installed")
        monkeypatch.setattr(large, "LARGE", 0)
    rows = hall(5)
    cell, rates = rates_of(rows)
    some = against(rows, cell, np.flatnonzero(EVERYBODY % 3 > 0))

    found = weigh(rows, EVERYBODY, cell, rates, some, 0.4)

    assert some.each > 1
    assert found.tolist() == slow_twin(rows, EVERYBODY, cell, rates, some, 0.4)
    assert len(set(found.tolist())) > 2


def test_people_who_are_asked_alone_weigh_what_they_weigh_among_all():
    rows = hall(6)
    cell, rates = nearby(rows)
    some = np.array([48, 3, 41])

    alone = weigh(rows.some(some), some, cell[some], rates, against(rows, cell))

    assert alone.tolist() == weigh(rows, EVERYBODY, cell, rates, against(rows, cell))[some].tolist()


def test_nobody_is_held_against_themselves():
    rows = hall(7)
    cell, rates = everywhere(rows)
    three = np.array([40, 41, 44])
    strangers = np.full(3, -1)

    among = against(rows, cell, three)

    # Two twins are allowed; who is taken for somebody else has three.
    assert weigh(rows.some(three), three, cell[three], rates, among, 0.3).tolist() == [WEIGHT_STEPS] * 3
    assert weigh(rows.some(three), strangers, cell[three], rates, among, 0.3).max() < WEIGHT_STEPS


def test_fewer_than_twelve_common_answers_make_no_twins():
    draw = np.random.Generator(np.random.PCG64(8)).choice([-1, 1], FEWEST_COMMON)

    def six(answered):
        person, statement = np.nonzero(np.ones((6, answered)))
        rows = Votes(participant=person, statement=statement, value=np.tile(draw[:answered], 6)).rows
        cell = np.zeros(6, dtype=np.int64)
        return weigh(rows, np.arange(6), cell, np.full((1, answered), 0.5), against(rows, cell, np.arange(6)))

    assert six(FEWEST_COMMON - 1).tolist() == [WEIGHT_STEPS] * 6
    assert six(FEWEST_COMMON).max() < WEIGHT_STEPS


def test_a_brigade_too_large_to_weigh_anything_shapes_nothing():
    draw = np.random.Generator(np.random.PCG64(9))
    lean = draw.choice([0.15, 0.85], size=(2, 30))
    people = [(p, s, 1 if draw.random() < lean[p % 2, s] else -1) for p in range(700) for s in range(30)]
    bots = [(5000 + b, s, -1 if lean[:, s].sum() >= 1 else 1) for b in range(150) for s in range(30)]
    columns, alone = np.array(people + bots).T, np.array(people).T

    found = fit(Votes(participant=columns[0], statement=columns[1], value=columns[2]))
    without = fit(Votes(participant=alone[0], statement=alone[1], value=alone[2]))

    real = found.participants < 5000
    assert found.weight[~real].tolist() == [0] * 150
    assert found.weight[real].tolist() == [1] * 700
    assert sorted(found.common_ground) == sorted(without.common_ground)
    assert adjusted_rand(found.assignment[real], without.assignment) == 1
