"""How many rows can be told apart: before they are published the host sees it."""

from collections import Counter
from itertools import combinations
from statistics import mean

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onnuri.record.uniqueness import uniqueness

STEADY = settings(deadline=None, derandomize=True, max_examples=30)
VOTES = st.dictionaries(
    st.tuples(st.integers(1, 6), st.integers(1, 4)), st.sampled_from([-1, 0, 1]), min_size=1, max_size=20
)


def measured(votes, known=3, seed=1):
    columns = [(person, statement, value) for (person, statement), value in votes.items()]
    return uniqueness(*zip(*columns, strict=True), random=np.random.Generator(np.random.PCG64(seed)), known=known)


def rows_of(votes):
    rows = {}
    for (person, statement), value in votes.items():
        rows.setdefault(person, {})[statement] = value
    return rows


def by_every_way(votes, known):
    """The same share by going through all people and all answers one could know."""
    rows = rows_of(votes)
    shares = []
    for own in rows.values():
        ways = list(combinations(own.items(), min(known, len(own))))
        alone = [way for way in ways if sum(set(way) <= set(row.items()) for row in rows.values()) == 1]
        shares.append(len(alone) / len(ways))
    return mean(shares)


@STEADY
@given(VOTES)
def test_a_row_is_unique_when_nobody_answered_alike(votes):
    whole = Counter(frozenset(row.items()) for row in rows_of(votes).values())

    told = measured(votes)

    assert told.people == len(rows_of(votes))
    assert told.unique == sum(times == 1 for times in whole.values())


@STEADY
@given(VOTES, st.integers(1, 4))
def test_the_drawn_share_is_near_that_of_all_ways(votes, known):
    assert measured(votes, known).identified == pytest.approx(by_every_way(votes, known), abs=0.06)


@STEADY
@given(VOTES)
def test_everybody_twice_is_nobody_identified(votes):
    twice = votes | {(person + 100, statement): value for (person, statement), value in votes.items()}

    told = measured(twice)

    assert (told.unique, told.identified) == (0, 0)


def test_who_is_alone_is_always_identified():
    assert measured({(1, 1): 1, (1, 2): -1}).identified == 1


def test_nobody_is_nobody():
    told = uniqueness([], [], [], random=np.random.Generator(np.random.PCG64(1)))

    assert (told.people, told.unique, told.identified) == (0, 0, 0)


def test_the_same_draws_give_the_same_share():
    votes = {(person, statement): (person * statement) % 3 - 1 for person in range(40) for statement in range(9)}

    assert measured(votes) == measured(votes)
