"""The best slate there could be, against a twin that tries them one by one."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest

from onnuri.conclusion.ballots import Ballots
from onnuri.conclusion.optimum import best_slate, worth
from onnuri.conclusion.sections import Section

LINES = 8


def hall(seed, people=30):
    """Two groups and a third that is too small to be tested, each with its own leanings."""
    draw = np.random.Generator(np.random.PCG64(seed))
    group = np.where(np.arange(people) < 3, 2, np.arange(people) % 2)
    lean = draw.random((3, LINES))
    value = np.where(draw.random((people, LINES)) < lean[group], 1, -1).astype(np.int8)
    ballots = Ballots(np.arange(people), np.arange(1, LINES + 1), value, np.full(people, "hall"))
    return ballots, [Section("group", str(g + 1), group == g, tested=g < 2) for g in range(3)]


def slow_key(ballots, sections, slate):
    mine = [line - 1 for line in slate]
    agreed = [[row[c] == 1 for c in mine].count(True) for row in ballots.value.tolist()]
    half = [2 * n >= len(slate) for n in agreed]
    shares = sorted(
        Fraction(sum(h for h, m in zip(half, s.members, strict=True) if m), int(s.members.sum()))
        for s in sections
        if s.tested
    )
    return (*shares, sum(half), sum(agreed))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("size", [1, 3, 5])
def test_no_other_slate_is_better(seed, size):
    ballots, sections = hall(seed)

    best = best_slate(ballots, sections, range(1, LINES + 1), size)

    every = [slow_key(ballots, sections, s) for s in combinations(range(1, LINES + 1), size)]
    assert slow_key(ballots, sections, best) == max(every)


def test_the_worth_of_a_slate_is_counted_by_hand():
    value = np.array([[1, 1, -1], [1, 0, -1], [-1, -1, 1], [-1, -1, -1]], dtype=np.int8)
    ballots = Ballots(np.arange(4), np.array([7, 8, 9]), value, np.full(4, "hall"))
    sections = [Section("group", "1", np.array([True, True, False, False]), tested=True)]

    found = worth(ballots, sections, [7, 8])

    assert found.sections == {"group 1": (2, 2)}
    assert found.overall == (2, 4)
    assert (found.lowest, found.bottom_decile) == (1, 0)


def test_among_too_many_nobody_looks():
    ballots, sections = hall(1)

    assert best_slate(ballots, sections, list(range(1, LINES + 1)) * 3, 5) is None
    assert best_slate(ballots, sections, [], 5) is None


def test_where_nobody_is_tested_all_together_are():
    ballots, _ = hall(2)

    assert worth(ballots, [], [1, 2]).sections.keys() == {"all"}
    assert len(best_slate(ballots, [], range(1, 5), 2)) == 2
