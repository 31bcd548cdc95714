"""A slate that is as fair and embraces more takes the place of what equal shares bought."""

import numpy as np
import pytest
from tests.landscape.planted import grouped, hall

from onnuri.conclusion.ballots import Ballots
from onnuri.conclusion.equal_shares import equal_shares, profile_of
from onnuri.conclusion.justified import ejr_plus_violations
from onnuri.conclusion.optimum import best_slate, worth
from onnuri.conclusion.rules import Rules
from onnuri.conclusion.slate import choose
from onnuri.landscape.landscape import tie_break

PEOPLE, LINES = 60, 9


@pytest.fixture(scope="module")
def landscape():
    """Two groups of 40 and 20."""
    return grouped([0] * 40 + [1] * 20, [(p, 1, 1) for p in range(1, PEOPLE + 1)])


def ballots(seed):
    """Every line reaches half of both groups; what else people like is their own."""
    draw = np.random.Generator(np.random.PCG64(seed))
    group = np.repeat([0, 1], [40, 20])
    lean = draw.uniform(0.6, 0.95, size=(2, LINES))
    value = np.where(draw.random((PEOPLE, LINES)) < lean[group], 1, -1).astype(np.int8)
    return Ballots(np.arange(1, PEOPLE + 1), np.arange(1, LINES + 1), value, np.full(PEOPLE, "hall"))


def by_shares_alone(landscape, given):
    return choose(landscape, given, 5, rules=Rules(method="1"))


@pytest.mark.parametrize("seed", range(8))
def test_no_fair_slate_of_as_many_lines_embraces_more(landscape, seed):
    given = ballots(seed)

    slate = choose(landscape, given, 5)

    best = best_slate(given, slate.sections, slate.admissible, 5)
    assert slate.violations == ()
    assert worth(given, slate.sections, slate.statements).lowest == worth(given, slate.sections, best).lowest


@pytest.mark.parametrize("seed", range(8))
def test_it_is_never_worse_than_what_equal_shares_bought(landscape, seed):
    given = ballots(seed)

    slate, bought = choose(landscape, given, 5), by_shares_alone(landscape, given)

    assert [worth(given, slate.sections, s.statements).lowest for s in (slate, bought)] == sorted(
        [worth(given, slate.sections, s.statements).lowest for s in (slate, bought)], reverse=True
    )


def test_what_equal_shares_bought_stays_where_nothing_embraces_more(landscape):
    everybody = Ballots(
        np.arange(1, PEOPLE + 1), np.arange(1, 7), np.ones((PEOPLE, 6), dtype=np.int8), np.full(PEOPLE, "hall")
    )

    slate = choose(landscape, everybody, 3, rules=Rules(size=3))

    profile = profile_of([range(1, 7)] * PEOPLE)
    bought = equal_shares(profile, slate.admissible, 3, lambda c: tie_break(c, Rules(size=3).digest))
    assert list(slate.chosen) == bought


def test_a_line_that_came_in_says_how(landscape):
    changed = [s for seed in range(8) for s in choose(landscape, ballots(seed), 5).chosen if s.by == "leximin"]

    assert changed != []
    assert {line.price for line in changed} == {0}


def test_a_fair_share_is_never_given_up_for_it():
    crowd = hall(2, people=80, statements=12, answered=1, noise=0.3, seed=1)
    landscape = grouped(crowd.group.tolist(), crowd.rows)
    given = Ballots.of_rows(crowd.rows, list(range(1, 13)), {})

    slate = choose(landscape, given, 4, rules=Rules(size=4))

    profile = profile_of([given.lines[row == 1].tolist() for row in given.value])
    assert ejr_plus_violations(profile, slate.admissible, set(slate.statements), 4) == []
