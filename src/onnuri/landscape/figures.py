"""Counts, support and bounds of every statement: overall, per group, per channel, per trait.

Counts always come from the votes, never from a model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from onnuri.landscape.sums import count_by_place
from onnuri.landscape.wilson import wilson

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from onnuri.landscape.votes import Votes


@dataclass(frozen=True, eq=False)
class Figures:
    """Counts of one set of people, each (statements,), integers."""

    people: int
    agree: NDArray[np.int64]
    passed: NDArray[np.int64]
    disagree: NDArray[np.int64]

    @property
    def n(self) -> NDArray[np.int64]:
        """Answers, passes included."""
        return self.agree + self.passed + self.disagree

    @property
    def support(self) -> NDArray[np.float64]:
        """O / (O + pass + X) among those who saw it; 0 where nobody did."""
        return self.agree / np.maximum(self.n, 1)

    def bounds(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Wilson one-sided 90 % bounds of the support."""
        return wilson(self.agree, self.n)

    def of(self, statement: int) -> dict[str, int]:
        """One statement's counts, by column index."""
        return {
            "agree": int(self.agree[statement]),
            "pass": int(self.passed[statement]),
            "disagree": int(self.disagree[statement]),
        }


def count(votes: Votes, members: NDArray[np.bool_]) -> Figures:
    """Count the votes of `members` (people,)."""
    return count_groups(votes, np.where(members, 0, -1), 1)[0]


def count_groups(votes: Votes, assignment: NDArray[np.int64], k: int) -> list[Figures]:
    """Figures of groups 0 .. k-1 of an assignment (people,); -1 = in none."""
    counts = count_by_place(votes.rows, assignment, np.ones(len(assignment), dtype=np.int64), k)
    people = np.bincount(assignment[assignment >= 0], minlength=k)
    return [Figures(int(people[g]), counts[g, :, 2], counts[g, :, 1], counts[g, :, 0]) for g in range(k)]


def count_by(votes: Votes, values: Mapping[int, str]) -> dict[str, Figures]:
    """Figures per value of a trait, by participant id."""
    own = np.array([values.get(int(p), "") for p in votes.participants], dtype=np.str_)
    names, index = np.unique(own, return_inverse=True)
    found = dict(zip(names.tolist(), count_groups(votes, index, len(names)), strict=True))
    return {name: figures for name, figures in found.items() if name}


def count_channels(votes: Votes, everyone: Figures) -> dict[str, Figures]:
    """Figures per channel."""
    if votes.channel is None:
        return {"online": everyone} if everyone.people else {}
    return count_by(votes, {int(p): votes.channel.get(int(p), "online") for p in votes.participants})


def together(parts: Sequence[Figures]) -> Figures:
    """The figures of several sets of people that share nobody."""
    return Figures(
        sum(p.people for p in parts),
        *(np.sum([getattr(p, name) for p in parts], axis=0) for name in ("agree", "passed", "disagree")),
    )
