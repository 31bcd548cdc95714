"""The neighbourhood floor: how much support a statement has nearly everywhere, without any groups.

For every person, the cautious (Wilson lower) bound of the *observed* support among the nearest 15 % of people in
the opinion space; a statement's floor is the 5 % quantile of that over people. A brigade spoils only its own
neighbourhood, and the quantile leaves that share out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from onnuri.landscape.grid import as_integers
from onnuri.landscape.wilson import wilson

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

NEIGHBOURHOOD: Final = 0.15
EXCLUDED: Final = 0.05
MOST_PLACES: Final = 2000
CHUNK: Final = 256


@dataclass(frozen=True, eq=False)
class Floor:
    """`score` (statements,); `outside` (places, statements) True where a place lies below the score; `places` rows."""

    score: NDArray[np.float64]
    outside: NDArray[np.bool_]
    places: NDArray[np.int64]


def neighbourhood_floor(
    place: NDArray[np.float64],
    agree: sparse.csr_array,
    voted: sparse.csr_array,
    counted: NDArray[np.bool_],
) -> Floor:
    """Score every statement.

    Args:
        place: (people, d) in the opinion space.
        agree: people x statements, 1 = O.
        voted: people x statements, 1 = any vote; a pass counts in n.
        counted: (people,) who has a place and a weight here.
    """
    people = np.flatnonzero(counted)
    statements = agree.shape[1]
    if not len(people):
        empty = np.zeros((0, statements), dtype=bool)
        return Floor(np.zeros(statements), empty, people)
    where = as_integers(place[people])
    # Beyond a few thousand people evenly chosen places bear the same quantile.
    picks = np.linspace(0, len(people) - 1, min(len(people), MOST_PLACES)).astype(np.int64)
    near = int(np.ceil(NEIGHBOURHOOD * len(people)))
    lower = np.empty((len(picks), statements))
    agree_t, voted_t = agree[people].T.tocsr(), voted[people].T.tocsr()
    for begin in range(0, len(picks), CHUNK):
        chunk = slice(begin, begin + CHUNK)
        neighbours = _nearest(where, where[picks[chunk]], near).T.astype(np.float64)
        lower[chunk] = wilson((agree_t @ neighbours).T, (voted_t @ neighbours).T)[0]
    score = _quantile(lower)
    return Floor(score, lower < score, people[picks])


def _nearest(where: NDArray[np.int64], centres: NDArray[np.int64], near: int) -> NDArray[np.bool_]:
    """(centres, people): True for the `near` nearest; equal distances by order of participant id."""
    apart = np.zeros((len(centres), len(where)), dtype=np.int64)
    for axis in range(where.shape[1]):
        apart += (centres[:, axis, None] - where[None, :, axis]) ** 2
    edge = np.partition(apart, near - 1, axis=1)[:, near - 1, None]
    inside = apart < edge
    on_edge = apart == edge
    left = near - inside.sum(axis=1, keepdims=True)
    return inside | (on_edge & (np.cumsum(on_edge, axis=1) <= left))


def _quantile(lower: NDArray[np.float64]) -> NDArray[np.float64]:
    rank = min(int(np.ceil(EXCLUDED * len(lower))), len(lower) - 1)
    return np.partition(lower, rank, axis=0)[rank]
