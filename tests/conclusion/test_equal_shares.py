"""The Method of Equal Shares: against a twin that keeps a purse for every single person, and in small stories."""

from collections import Counter
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onnuri.conclusion.equal_shares import equal_shares, profile_of

STEADY = settings(deadline=None, derandomize=True, max_examples=80)
CANDIDATES = range(6)
BALLOTS = st.lists(st.sets(st.sampled_from(CANDIDATES)), min_size=1, max_size=12)


def bought(ballots, size, candidates=CANDIDATES, tie=int):
    return [(c.candidate, c.by, c.price) for c in equal_shares(profile_of(ballots), list(candidates), size, tie)]


def chosen(ballots, size, candidates=CANDIDATES, tie=int):
    return [c for c, _, _ in bought(ballots, size, candidates, tie)]


def slow_twin(ballots, size, candidates, tie):
    """Every person with a purse of their own, every price found by trying every set of people who pay in full."""
    purse = {i: Fraction(size, len(ballots)) for i in range(len(ballots))}
    left, found = list(candidates), []
    while left and len(found) < size:
        priced = {c: price_of([purse[i] for i, b in enumerate(ballots) if c in b]) for c in left}
        payable = [c for c in left if priced[c] is not None]
        if not payable:
            break
        best = min(payable, key=lambda c: (priced[c], tie(c)))
        for i, ballot in enumerate(ballots):
            if best in ballot:
                purse[i] -= min(purse[i], priced[best])
        found.append((best, "equal shares", priced[best]))
        left.remove(best)
    now = Fraction(0)
    while left and len(found) < size:
        moment = {}
        for c in left:
            supporters = [i for i, b in enumerate(ballots) if c in b]
            if supporters:
                moment[c] = now + (1 - sum((purse[i] for i in supporters), Fraction(0))) / len(supporters)
        if not moment:
            break
        best = min(moment, key=lambda c: (moment[c], tie(c)))
        for i, ballot in enumerate(ballots):
            purse[i] = Fraction(0) if best in ballot else purse[i] + moment[best] - now
        now = moment[best]
        found.append((best, "phragmen", now))
        left.remove(best)
    return found


def price_of(purses):
    """The least rho with sum(min(purse, rho)) = 1."""
    for poor in range(len(purses)):
        share = (1 - sum(sorted(purses)[:poor], Fraction(0))) / (len(purses) - poor)
        if sum(min(p, share) for p in purses) == 1 and all(p <= share for p in sorted(purses)[:poor]):
            return share
    return None


@STEADY
@given(ballots=BALLOTS, size=st.integers(1, 6))
def test_it_is_what_a_purse_for_everybody_gives(ballots, size):
    assert bought(ballots, size) == slow_twin(ballots, size, CANDIDATES, int)


@STEADY
@given(ballots=BALLOTS, size=st.integers(1, 6), tie=st.permutations(CANDIDATES))
def test_the_order_among_equals_is_the_one_that_was_given(ballots, size, tie):
    assert bought(ballots, size, tie=tie.index) == slow_twin(ballots, size, CANDIDATES, tie.index)


@STEADY
@given(ballots=BALLOTS, size=st.integers(1, 6), draw=st.randoms(use_true_random=False))
def test_the_order_of_people_and_candidates_is_irrelevant(ballots, size, draw):
    people, candidates = draw.sample(ballots, len(ballots)), draw.sample(CANDIDATES, len(CANDIDATES))

    assert bought(people, size, candidates) == bought(ballots, size)


@STEADY
@given(ballots=BALLOTS, size=st.integers(1, 6), times=st.integers(2, 4))
def test_a_hall_of_many_times_the_people_decides_alike(ballots, size, times):
    assert chosen(ballots * times, size) == chosen(ballots, size)


@STEADY
@given(ballots=BALLOTS, size=st.integers(1, 6))
def test_nobody_pays_more_than_they_hold_and_every_line_is_paid_in_full(ballots, size):
    purse = [Fraction(size, len(ballots))] * len(ballots)
    for candidate, by, price in bought(ballots, size):
        if by == "phragmen":
            break
        paid = [min(held, price) if candidate in b else 0 for held, b in zip(purse, ballots, strict=True)]
        purse = [held - own for held, own in zip(purse, paid, strict=True)]

        assert sum(paid) == 1
        assert min(purse) >= 0


@STEADY
@given(ballots=BALLOTS, size=st.integers(1, 6))
def test_every_seat_is_filled_as_long_as_somebody_agrees_with_something(ballots, size):
    found = chosen(ballots, size)

    liked = set().union(*ballots)
    assert len(found) == min(size, len(liked))
    assert set(found) <= liked
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("size", range(1, 7))
def test_two_halves_of_a_hall_have_half_the_lines_each(size):
    ballots = [{0, 1, 2}] * 50 + [{3, 4, 5}] * 50

    found = chosen(ballots, size)

    assert abs(len({0, 1, 2} & set(found)) - len({3, 4, 5} & set(found))) <= 1


def test_a_minority_of_a_fifth_has_one_of_five_lines():
    ballots = [{0, 1, 2, 3, 4}] * 80 + [{5}] * 20

    assert sorted(chosen(ballots, 5)) == [0, 1, 2, 3, 5]


def test_what_everybody_agrees_with_costs_everybody_the_same():
    assert bought([{0}] * 3 + [{0, 1}], 2) == [
        (0, "equal shares", Fraction(1, 4)),
        (1, "phragmen", Fraction(3, 4)),
    ]


def test_who_holds_less_pays_what_they_have():
    # Four people, three seats, 3/4 each: after line 0 the last two hold 1/4 and 3/4, and line 1 takes it all.
    ballots = [{0}, {0, 1}, {1}, {2}]

    assert bought(ballots, 3) == [
        (0, "equal shares", Fraction(1, 2)),
        (1, "equal shares", Fraction(3, 4)),
        (2, "phragmen", Fraction(1, 4)),
    ]


@pytest.mark.parametrize(("ballots", "size"), [([], 3), ([set(), set()], 3), ([{0}], 0)])
def test_without_people_agreement_or_seats_nothing_is_chosen(ballots, size):
    assert chosen(ballots, size) == []


def test_only_who_may_be_chosen_is_chosen():
    assert chosen([{0, 1}] * 3, 2, candidates=[1, 4]) == [1]


def test_people_with_equal_ballots_are_counted_together():
    assert profile_of([[1, 2], [2, 1], [], [3]]) == Counter({frozenset({1, 2}): 2, frozenset(): 1, frozenset({3}): 1})


@pytest.mark.parametrize("pair", list(combinations(range(3), 2)))
def test_of_two_equals_the_smaller_key_is_bought_first(pair):
    one, two = pair

    assert chosen([{one}, {two}], 1, tie=int) == [one]
    assert chosen([{one}, {two}], 1, tie=lambda c: -c) == [two]
