"""The opinion space: people as points whose distances are distances in modelled answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from onnuri.landscape.factorise import fold_in
from onnuri.landscape.grid import STEP, as_integers, on_grid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from onnuri.landscape.factorise import Factors
    from onnuri.landscape.votes import Rows


@dataclass(frozen=True, eq=False)
class Space:
    """`place` (people, d), axes by falling variance; `loading` (statements, d) orthonormal; `offset` (statements,).

    `variance` (d,): the modelled variance each axis shows. `factors`, `mean`, `turn`: how it was made, so that others
    can be folded in.
    """

    place: NDArray[np.float64]
    loading: NDArray[np.float64]
    offset: NDArray[np.float64]
    variance: NDArray[np.float64]
    factors: Factors
    mean: NDArray[np.float64]
    turn: NDArray[np.float64]

    def places(self, rows: Rows) -> NDArray[np.float64]:
        """(people, d): where these people stand; the space stays as it is."""
        return _turned(fold_in(rows, self.factors.statement, self.factors.offset), self.mean, self.turn)


def canonical(factors: Factors, weight: NDArray[np.int64]) -> Space:
    """Principal axes of the modelled opinions: |place_i - place_j| = the distance of their modelled answers.

    With C the weighted covariance of the persons' factors, C = L L', and Q, e the eigenvectors and -values of
    L' V'V L: place = (U - mean) L^-T Q sqrt(e), loading = V (T^-1)' with T = L^-T Q sqrt(e).
    Signs are fixed: the largest loading of each axis is positive.

    Args:
        factors: people and statements, on the grid.
        weight: (people,) in 1/64.
    """
    total = max(int(weight.sum()), 1)
    own = as_integers(factors.person)
    mean = on_grid((weight @ own) / total * STEP)
    centred = own - as_integers(mean)
    rank = centred.shape[1]
    # Whole numbers: the sums are exact, and so is everything that follows from them on the grid.
    covariance = ((centred * weight[:, None]).T @ centred) / total * STEP**2 + np.eye(rank) * 1e-9
    lower = np.linalg.cholesky(covariance)
    inner = lower.T @ (factors.statement.T @ factors.statement) @ lower
    values, vectors = np.linalg.eigh((inner + inner.T) / 2)
    values, vectors = np.maximum(values[::-1], 1e-12), vectors[:, ::-1]
    turn = np.linalg.solve(lower.T, vectors) * np.sqrt(values)
    loading = np.linalg.solve(turn, factors.statement.T).T
    sign = np.sign(loading[np.abs(on_grid(loading)).argmax(axis=0), np.arange(rank)])
    sign[sign == 0] = 1
    turn = on_grid(turn * sign)
    return Space(
        place=_turned(factors.person, mean, turn),
        loading=on_grid(loading * sign),
        offset=on_grid(factors.offset + factors.statement @ mean),
        variance=on_grid(values),
        factors=factors,
        mean=mean,
        turn=turn,
    )


def _turned(person: NDArray[np.float64], mean: NDArray[np.float64], turn: NDArray[np.float64]) -> NDArray[np.float64]:
    # Both sides lie on the grid, so every product and sum is exact: no partition of the people changes a bit.
    return on_grid((person - mean) @ turn)


def procrustes(moving: NDArray[np.float64], fixed: NDArray[np.float64]) -> NDArray[np.float64]:
    """The orthogonal turn (d, d) that brings `moving` nearest to `fixed`, both (n, d).

    Schoenemann 1966, Psychometrika 31, 1-10.
    """
    left, _, right = np.linalg.svd(moving.T @ fixed)
    return left @ right
