"""The Method of Equal Shares with unit costs, and sequential Phragmen on what is left. Exact rationals.

Peters & Skowron 2020, Proportionality and the limits of welfarism (EC '20); Brill, Freeman, Janson & Lackner 2017,
Phragmen's voting methods and justified representation (AAAI '17).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

Profile = "Mapping[frozenset[int], int]"


@dataclass(frozen=True)
class Chosen:
    """One line that was bought: `price` is what each supporter paid at most (shares), or when (Phragmen)."""

    candidate: int
    by: str
    price: Fraction


def profile_of(ballots: Iterable[Iterable[int]]) -> Mapping[frozenset[int], int]:
    """Count equal ballots: people with the same approvals always hold the same budget."""
    return Counter(frozenset(b) for b in ballots)


def equal_shares(
    profile: Mapping[frozenset[int], int],
    candidates: Sequence[int],
    size: int,
    tie: Callable[[int], object],
) -> list[Chosen]:
    """Choose up to `size` candidates; seats that shares leave open are filled by Phragmen.

    Args:
        profile: approved candidates -> number of people.
        candidates: who may be chosen.
        size: seats, each costs 1; every voter holds size / n.
        tie: key that decides between equals, smallest first.

    >>> [c.candidate for c in equal_shares({frozenset({1, 2}): 3, frozenset({3}): 1}, [1, 2, 3], 2, int)]
    [1, 2]
    """
    voters = sum(profile.values())
    if not voters:
        return []
    budget = dict.fromkeys(profile, Fraction(size, voters))
    chosen: list[Chosen] = []
    left = list(candidates)
    while left and len(chosen) < size:
        priced = [(p, tie(c), c) for c in left if (p := _price(profile, budget, c)) is not None]
        if not priced:
            break
        price, _, best = min(priced)
        chosen.append(Chosen(best, "equal shares", price))
        left.remove(best)
        for ballot in budget:
            if best in ballot:
                budget[ballot] -= min(price, budget[ballot])
    return chosen + _phragmen(profile, budget, left, size - len(chosen), tie)


def _price(
    profile: Mapping[frozenset[int], int], budget: Mapping[frozenset[int], Fraction], candidate: int
) -> Fraction | None:
    """The least `rho` with sum min(budget, rho) = 1 over the supporters, or None when they cannot afford it."""
    purses = sorted((budget[b], n) for b, n in profile.items() if candidate in b)
    need, people = Fraction(1), sum(n for _, n in purses)
    for purse, n in purses:
        if purse * people >= need:
            return need / people
        need -= purse * n
        people -= n
    return None


def _phragmen(
    profile: Mapping[frozenset[int], int],
    budget: dict[frozenset[int], Fraction],
    candidates: Sequence[int],
    seats: int,
    tie: Callable[[int], object],
) -> list[Chosen]:
    """Everybody earns at the same speed; a candidate is bought the moment its supporters hold 1 together."""
    chosen: list[Chosen] = []
    left = list(candidates)
    now = Fraction(0)
    while left and len(chosen) < seats:
        waits = [(w, tie(c), c) for c in left if (w := _wait(profile, budget, c)) is not None]
        if not waits:
            break
        wait, _, best = min(waits)
        now += wait
        for ballot, held in list(budget.items()):
            budget[ballot] = Fraction(0) if best in ballot else held + wait
        chosen.append(Chosen(best, "phragmen", now))
        left.remove(best)
    return chosen


def _wait(
    profile: Mapping[frozenset[int], int], budget: Mapping[frozenset[int], Fraction], candidate: int
) -> Fraction | None:
    people = sum(n for b, n in profile.items() if candidate in b)
    if not people:
        return None
    held = sum((budget[b] * n for b, n in profile.items() if candidate in b), Fraction(0))
    return max(Fraction(0), (1 - held) / people)
