"""EJR+: does every group that deserves a say have one? A polynomial check on a finished slate.

Brill & Peters 2023, Robust and verifiable proportionality axioms for multiwinner voting (EC '23): a slate of
`size` seats fails EJR+ when for some candidate outside it and some number l at least l * n / size of the
candidate's supporters each agree with fewer than l of the slate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet


@dataclass(frozen=True)
class Violation:
    """`people` supporters of `candidate` deserve `level` lines each and have fewer."""

    candidate: int
    level: int
    people: int


def ejr_plus_violations(
    profile: Mapping[frozenset[int], int], candidates: Sequence[int], slate: AbstractSet[int], size: int
) -> list[Violation]:
    """Every violation, none when the slate is fair in this sense.

    >>> ejr_plus_violations({frozenset({1}): 2, frozenset({2}): 2}, [1, 2], {1}, 2)
    [Violation(candidate=2, level=1, people=2)]
    """
    voters = sum(profile.values())
    found = []
    for candidate in sorted(set(candidates) - set(slate)):
        for level in range(1, size + 1):
            people = sum(n for b, n in profile.items() if candidate in b and len(b & slate) < level)
            if people and people * size >= level * voters:
                found.append(Violation(candidate, level, people))
    return found
