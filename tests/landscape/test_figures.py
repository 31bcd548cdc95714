"""Figures are counts that anybody could make by hand."""

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from onnuri.landscape import Votes
from onnuri.landscape.figures import count, count_by, count_groups

STEADY = settings(deadline=None, derandomize=True, max_examples=60)
ROWS = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 6), st.sampled_from([1, 0, -1])),
    min_size=1,
    max_size=60,
    unique_by=lambda row: row[:2],
)
NAMES = {1: "agree", 0: "pass", -1: "disagree"}


def votes_of(rows):
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return Votes(participant=columns[0], statement=columns[1], value=columns[2])


def by_hand(rows, members):
    return Counter((s, NAMES[v]) for p, s, v in rows if p in members)


def counted(figures, votes):
    found = Counter()
    for column, statement in enumerate(votes.statements.tolist()):
        found.update({(statement, name): n for name, n in figures.of(column).items() if n})
    return found


@STEADY
@given(rows=ROWS, members=st.sets(st.integers(0, 9)))
def test_the_counts_are_the_counts_made_by_hand(rows, members):
    votes = votes_of(rows)

    figures = count(votes, np.isin(votes.participants, list(members)))

    assert counted(figures, votes) == by_hand(rows, members)
    assert figures.people == len(members & set(votes.participants.tolist()))


@STEADY
@given(rows=ROWS, seed=st.integers(0, 99))
def test_groups_and_the_not_yet_placed_add_up_to_everybody(rows, seed):
    votes = votes_of(rows)
    group = np.random.Generator(np.random.PCG64(seed)).integers(-1, 3, len(votes.participants))

    parts = [*count_groups(votes, group, 3), count(votes, group == -1)]

    everybody = count(votes, np.ones(len(group), dtype=bool))
    assert sum(part.people for part in parts) == everybody.people
    assert np.array_equal(sum(part.n for part in parts), everybody.n)
    assert np.array_equal(sum(part.agree for part in parts), everybody.agree)


def test_a_pass_lowers_support_and_nobody_asked_supports_nothing():
    votes = votes_of([(1, 1, 1), (2, 1, 0), (3, 1, -1), (4, 1, 1), (4, 2, 1)])

    first_three = count(votes, votes.participants <= 3)

    assert first_three.support.tolist() == [1 / 3, 0]
    assert first_three.n.tolist() == [3, 0]


def test_a_trait_that_somebody_keeps_to_themselves_is_not_counted():
    votes = votes_of([(1, 1, 1), (2, 1, -1), (3, 1, 1)])

    by_age = count_by(votes, {1: "young", 2: "old"})

    assert {name: figures.of(0) for name, figures in by_age.items()} == {
        "old": {"agree": 0, "pass": 0, "disagree": 1},
        "young": {"agree": 1, "pass": 0, "disagree": 0},
    }
