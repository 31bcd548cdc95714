"""Accounts that answer alike beyond chance share one vote of weight; nobody else loses any."""

import numpy as np
import pytest

from onnuri.landscape import Votes, fit
from onnuri.landscape.agreement import adjusted_rand

BOTS = 12


@pytest.fixture(scope="module")
def hall():
    """Two camps of 90 people who each answer 20 of 30 statements, with a mind of their own."""
    draw = np.random.Generator(np.random.PCG64(3))
    lean = draw.choice([0.15, 0.85], size=(2, 30))
    rows = [
        (person, statement, 1 if draw.random() < lean[person % 2, statement] else -1)
        for person in range(180)
        for statement in draw.choice(30, 20, replace=False)
    ]
    return np.array(rows)


def with_brigade(hall):
    """Twelve accounts that all say the same, against whatever most people like."""
    most = [hall[hall[:, 1] == s, 2].sum() >= 0 for s in range(30)]
    bots = [(1000 + b, s, -1 if most[s] else 1) for b in range(BOTS) for s in range(24)]
    return np.vstack([hall, bots])


def votes(rows):
    return Votes(participant=rows[:, 0], statement=rows[:, 1], value=rows[:, 2])


def test_people_who_merely_agree_keep_their_whole_weight(hall):
    landscape = fit(votes(hall))

    assert landscape.weight.tolist() == [1.0] * 180


def test_twelve_accounts_that_answer_as_one_weigh_about_one(hall):
    landscape = fit(votes(with_brigade(hall)))

    bots = landscape.participants >= 1000
    assert landscape.weight[bots].sum() < 2
    assert landscape.weight[~bots].min() == 1.0


def test_a_brigade_is_still_counted_in_full(hall):
    without, attacked = fit(votes(hall)), fit(votes(with_brigade(hall)))

    assert (attacked.everyone.n - without.everyone.n)[:24].tolist() == [BOTS] * 24


def test_a_brigade_does_not_move_the_people_of_the_hall_into_other_groups(hall):
    without, attacked = fit(votes(hall)), fit(votes(with_brigade(hall)))

    real = attacked.participants < 1000
    both = (without.assignment >= 0) & (attacked.assignment[real] >= 0)
    assert attacked.k == without.k == 2
    assert adjusted_rand(without.assignment[both], attacked.assignment[real][both]) > 0.95
