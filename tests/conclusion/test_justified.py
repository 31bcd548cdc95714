"""EJR+: the quick check against the definition, word for word, and against the rule that promises it."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from onnuri.conclusion.equal_shares import equal_shares, profile_of
from onnuri.conclusion.justified import Violation, ejr_plus_violations

STEADY = settings(deadline=None, derandomize=True, max_examples=100)
CANDIDATES = range(5)
BALLOTS = st.lists(st.sets(st.sampled_from(CANDIDATES)), min_size=1, max_size=7)
SLATES = st.sets(st.sampled_from(CANDIDATES), max_size=4)


def deserving(ballots, slate, size):
    """(candidate, level) of every violation, by trying every set of people.

    Brill & Peters 2023, definition 4: no candidate outside the slate, level l and people who all agree with it, at
    least l * n / size of them, such that each agrees with fewer than l of the slate.
    """
    found = set()
    for candidate in set(CANDIDATES) - slate:
        supporters = [b for b in ballots if candidate in b]
        for count in range(1, len(supporters) + 1):
            for group in combinations(supporters, count):
                for level in range(1, size + 1):
                    if count * size >= level * len(ballots) and all(len(b & slate) < level for b in group):
                        found.add((candidate, level))
    return found


@STEADY
@given(ballots=BALLOTS, slate=SLATES, size=st.integers(1, 5))
def test_the_quick_check_finds_what_trying_every_group_finds(ballots, slate, size):
    found = ejr_plus_violations(profile_of(ballots), list(CANDIDATES), slate, size)

    assert {(v.candidate, v.level) for v in found} == deserving(ballots, slate, size)


@STEADY
@given(ballots=st.lists(st.sets(st.sampled_from(range(8))), min_size=1, max_size=30), size=st.integers(1, 8))
def test_equal_shares_never_leaves_a_group_without_what_it_deserves(ballots, size):
    profile = profile_of(ballots)

    slate = {c.candidate for c in equal_shares(profile, list(range(8)), size, int)}

    assert ejr_plus_violations(profile, list(range(8)), slate, size) == []


def test_a_fifth_of_the_hall_without_any_line_is_named():
    ballots = [{0, 1, 2, 3, 4}] * 80 + [{5}] * 20

    found = ejr_plus_violations(profile_of(ballots), range(6), {0, 1, 2, 3, 4}, 5)

    assert found == [Violation(candidate=5, level=1, people=20)]


def test_a_little_less_than_a_fifth_deserves_nothing():
    ballots = [{0, 1, 2, 3, 4}] * 81 + [{5}] * 19

    assert ejr_plus_violations(profile_of(ballots), range(6), {0, 1, 2, 3, 4}, 5) == []


def test_who_agrees_with_nothing_still_counts_as_one_of_all():
    ballots = [{0}] * 2 + [set()] * 3

    assert ejr_plus_violations(profile_of(ballots), [0], set(), 2) == []
    assert ejr_plus_violations(profile_of(ballots[:-1]), [0], set(), 2) == [Violation(0, 1, 2)]


def test_without_ballots_nobody_is_wronged():
    assert ejr_plus_violations({}, [1, 2], set(), 3) == []
