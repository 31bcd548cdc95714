"""The neighbourhood floor: how much support a statement has nearly everywhere, without any groups.

For every person, the cautious (Wilson lower) bound of the *observed* support among the nearest people who make up 15 %
of the weight; a statement's floor is the 5 % quantile of that over people. A brigade spoils only its own
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
WEIGHT_STEPS: Final = 64
"""Weights are counted in 1/64, so that sums of them are exact."""


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
    weight: NDArray[np.float64],
) -> Floor:
    """Score every statement.

    Args:
        place: (people, d) in the opinion space.
        agree: people x statements, 1 = O.
        voted: people x statements, 1 = any vote; a pass counts in n.
        weight: (people,) in 1/64; 0 = has no place here.
    """
    people = np.flatnonzero(weight > 0)
    statements = agree.shape[1]
    if not len(people):
        empty = np.zeros((0, statements), dtype=bool)
        return Floor(np.zeros(statements), empty, people)
    where = as_integers(place[people])
    steps = np.rint(weight[people] * WEIGHT_STEPS).astype(np.int64)
    # Beyond a few thousand people evenly chosen places bear the same quantile.
    picks = np.linspace(0, len(people) - 1, min(len(people), MOST_PLACES)).astype(np.int64)
    lower = np.empty((len(picks), statements))
    agree_t, voted_t = agree[people].T.tocsr(), voted[people].T.tocsr()
    for begin in range(0, len(picks), CHUNK):
        chunk = slice(begin, begin + CHUNK)
        near = _near(where, where[picks[chunk]], steps).T.astype(np.float64) / WEIGHT_STEPS
        lower[chunk] = wilson((agree_t @ near).T, (voted_t @ near).T)[0]
    score = _quantile(lower, steps[picks])
    return Floor(score, lower < score, people[picks])


def _near(where: NDArray[np.int64], centres: NDArray[np.int64], steps: NDArray[np.int64]) -> NDArray[np.int64]:
    """(centres, people): the weight of the nearest people, 0 for the others.

    Who is nearer comes first, equal distances in the order of participant ids, until 15 % of the weight is reached.
    """
    apart = np.zeros((len(centres), len(where)), dtype=np.int64)
    for axis in range(where.shape[1]):
        apart += (centres[:, axis, None] - where[None, :, axis]) ** 2
    if (steps == steps[0]).all():
        return _nearest(apart, int(np.ceil(NEIGHBOURHOOD * len(where)))) * steps[0]
    order = np.argsort(apart, axis=1, kind="stable")
    before = np.cumsum(steps[order], axis=1) - steps[order]
    inside = np.where(before < NEIGHBOURHOOD * steps.sum(), steps[order], 0)
    near = np.zeros_like(apart)
    np.put_along_axis(near, order, inside, axis=1)
    return near


def _nearest(apart: NDArray[np.int64], near: int) -> NDArray[np.bool_]:
    """The same when everybody weighs alike, without sorting."""
    edge = np.partition(apart, near - 1, axis=1)[:, near - 1, None]
    inside = apart < edge
    on_edge = apart == edge
    left = near - inside.sum(axis=1, keepdims=True)
    return inside | (on_edge & (np.cumsum(on_edge, axis=1) <= left))


def _quantile(lower: NDArray[np.float64], steps: NDArray[np.int64]) -> NDArray[np.float64]:
    """The smallest value below which at least 5 % of the places' weight lies."""
    order = np.argsort(lower, axis=0, kind="stable")
    before = np.cumsum(steps[order], axis=0) - steps[order]
    reached = before >= EXCLUDED * steps.sum()
    first = np.where(reached.any(axis=0), reached.argmax(axis=0), len(lower) - 1)
    columns = np.arange(lower.shape[1])
    found: NDArray[np.float64] = lower[order[first, columns], columns]
    return found
