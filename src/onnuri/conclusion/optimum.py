"""The best slate there could be, found by trying them all.

With up to twenty candidates every slate can be looked at. Of each tested group and channel we take the share of people
who agree with at least half of the lines; the best slate has the highest lowest share, then the highest second lowest,
and so on (leximin). Rawls 1971; Sen 1970, Collective Choice and Social Welfare, 9.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from onnuri.conclusion.ballots import Ballots
    from onnuri.conclusion.sections import Section

MOST_CANDIDATES: Final = 20
MOST_SLATES: Final = 40_000
AT_ONCE: Final = 1 << 22
"""People times slates that are looked at together."""
DECILE: Final = 10


@dataclass(frozen=True)
class Worth:
    """What a slate is worth: `sections` name -> (people who agree with at least half, people), `overall` the same.

    `bottom_decile`: lines that the tenth of people who agree with fewest agree with on average.
    """

    statements: tuple[int, ...]
    sections: dict[str, tuple[int, int]]
    overall: tuple[int, int]
    bottom_decile: Fraction

    @property
    def lowest(self) -> Fraction:
        """The share in the section where it is lowest."""
        return min((Fraction(*pair) for pair in self.sections.values() if pair[1]), default=Fraction(0))

    def document(self) -> dict[str, Any]:
        """Plain values, shares as "a/b"."""
        return {
            "statements": list(self.statements),
            "sections": {name: f"{a}/{n}" for name, (a, n) in self.sections.items()},
            "overall": "{}/{}".format(*self.overall),
            "lowest": f"{self.lowest.numerator}/{self.lowest.denominator}",
            "bottom_decile": f"{self.bottom_decile.numerator}/{self.bottom_decile.denominator}",
        }


def worth(ballots: Ballots, sections: Sequence[Section], statements: Sequence[int]) -> Worth:
    """What one slate is worth to those who balloted."""
    mine = np.isin(ballots.lines, statements)
    agreed = ballots.approvals()[:, mine].sum(axis=1)
    half = agreed >= max(1, (len(statements) + 1) // 2)
    fewest = np.sort(agreed)[: max(1, len(agreed) // DECILE)]
    return Worth(
        tuple(statements),
        {name: (int(half[members].sum()), int(members.sum())) for name, members in _asked(sections, len(half))},
        (int(half.sum()), len(half)),
        Fraction(int(fewest.sum()), max(len(fewest), 1)),
    )


def best_slate(
    ballots: Ballots, sections: Sequence[Section], candidates: Sequence[int], size: int
) -> tuple[int, ...] | None:
    """The leximin-best slate of `size` among the candidates; None where there are too many to try.

    Equal ones: the more people who agree with at least half, then the more agreement in all, then the first.
    """
    if not _can_be_tried(len(candidates), size):
        return None
    return next(iter(_by_worth(ballots, sections, candidates, min(size, len(candidates)))))[1]


def more_embracing(
    ballots: Ballots,
    sections: Sequence[Section],
    candidates: Sequence[int],
    slate: Sequence[int],
    fair: Callable[[tuple[int, ...]], bool],
) -> tuple[int, ...] | None:
    """The leximin-best slate that is fair and in which the shares are higher than in `slate`; None = there is none.

    Args:
        ballots: of those who decide.
        sections: the groups and channels among them.
        candidates: who may be chosen, the first before equals.
        slate: what has been chosen so far.
        fair: whether a slate gives everybody the share they deserve.
    """
    if not slate or not _can_be_tried(len(candidates), len(slate)):
        return None
    asked = _asked(sections, len(ballots.people))
    own = _keys(_approvals(ballots, slate), asked, np.arange(len(slate))[None])[: len(asked), 0].tolist()
    for shares, found in _by_worth(ballots, sections, candidates, len(slate)):
        if shares <= own:
            return None
        if fair(found):
            return found
    return None


def _can_be_tried(candidates: int, size: int) -> bool:
    size = min(size, candidates)
    return size > 0 and candidates <= MOST_CANDIDATES and comb(candidates, size) <= MOST_SLATES


def _by_worth(
    ballots: Ballots, sections: Sequence[Section], candidates: Sequence[int], size: int
) -> Iterator[tuple[list[float], tuple[int, ...]]]:
    """Every slate, the best first, with its shares from the lowest up."""
    approvals, asked = _approvals(ballots, candidates), _asked(sections, len(ballots.people))
    slates = np.array(list(combinations(range(len(candidates)), size)))
    step = max(1, AT_ONCE // max(len(approvals), 1))
    keys = np.hstack([_keys(approvals, asked, slates[i : i + step]) for i in range(0, len(slates), step)])
    for at in np.lexsort((np.arange(len(slates)), *-keys[::-1])):
        yield keys[: len(asked), at].tolist(), tuple(int(candidates[i]) for i in slates[at])


def _approvals(ballots: Ballots, candidates: Sequence[int]) -> NDArray[np.float32]:
    column = {int(line): index for index, line in enumerate(ballots.lines)}
    return ballots.approvals()[:, [column[c] for c in candidates]].astype(np.float32)


def _keys(
    approvals: NDArray[np.float32], asked: Sequence[tuple[str, NDArray[np.bool_]]], slates: NDArray[np.int64]
) -> NDArray[np.float64]:
    """(sections + 2, slates): shares from the lowest up, people who agree with at least half, agreement in all."""
    chosen = np.zeros((approvals.shape[1], len(slates)), dtype=np.float32)
    np.put_along_axis(chosen, slates.T, 1, axis=0)
    # Counts of people and lines: whole numbers that single precision holds exactly.
    agreed = approvals @ chosen
    half = (agreed >= max(1, (slates.shape[1] + 1) // 2)).astype(np.float32)
    shares = np.stack([half[members].sum(axis=0, dtype=np.float64) / members.sum() for _, members in asked])
    shares.sort(axis=0)
    return np.vstack([shares, half.sum(axis=0, dtype=np.float64), agreed.sum(axis=0, dtype=np.float64)])


def _asked(sections: Sequence[Section], people: int) -> list[tuple[str, NDArray[np.bool_]]]:
    """The tested groups and channels; all together where none is tested."""
    tested = [(f"{s.kind} {s.name}", s.members) for s in sections if s.tested and s.members.any()]
    return tested or [("all", np.ones(people, dtype=bool))]
