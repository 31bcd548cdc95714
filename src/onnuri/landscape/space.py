"""The opinion space: people as points whose distances are distances in modelled answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from onnuri.landscape.grid import on_grid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from onnuri.landscape.factorise import Factors


@dataclass(frozen=True, eq=False)
class Space:
    """`place` (people, d), axes by falling variance; `loading` (statements, d) orthonormal; `offset` (statements,).

    `variance` (d,): the modelled variance each axis shows.
    """

    place: NDArray[np.float64]
    loading: NDArray[np.float64]
    offset: NDArray[np.float64]
    variance: NDArray[np.float64]


def canonical(factors: Factors, weight: NDArray[np.float64]) -> Space:
    """Principal axes of the modelled opinions: |place_i - place_j| = the distance of their modelled answers.

    With C the weighted covariance of the persons' factors, C = L L', and Q, e the eigenvectors and -values of
    L' V'V L: place = (U - mean) L^-T Q sqrt(e), loading = V (T^-1)' with T = L^-T Q sqrt(e).
    Signs are fixed: the largest loading of each axis is positive.
    """
    total = max(weight.sum(), 1.0)
    mean = weight @ factors.person / total
    centred = factors.person - mean
    rank = centred.shape[1]
    covariance = (centred * weight[:, None]).T @ centred / total + np.eye(rank) * 1e-9
    lower = np.linalg.cholesky(covariance)
    inner = lower.T @ (factors.statement.T @ factors.statement) @ lower
    values, vectors = np.linalg.eigh((inner + inner.T) / 2)
    values, vectors = np.maximum(values[::-1], 1e-12), vectors[:, ::-1]
    turn = np.linalg.solve(lower.T, vectors) * np.sqrt(values)
    loading = np.linalg.solve(turn, factors.statement.T).T
    sign = np.sign(loading[np.abs(loading).argmax(axis=0), np.arange(rank)])
    sign[sign == 0] = 1
    return Space(
        place=on_grid(centred @ turn * sign),
        loading=on_grid(loading * sign),
        offset=on_grid(factors.offset + factors.statement @ mean),
        variance=values,
    )


def procrustes(moving: NDArray[np.float64], fixed: NDArray[np.float64]) -> NDArray[np.float64]:
    """The orthogonal turn (d, d) that brings `moving` nearest to `fixed`, both (n, d).

    Schoenemann 1966, Psychometrika 31, 1-10.
    """
    left, _, right = np.linalg.svd(moving.T @ fixed)
    return left @ right
