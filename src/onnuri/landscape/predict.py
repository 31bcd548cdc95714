"""Predicting a vote that was not cast: rank by cross-validation, probabilities by calibration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import sparse
from scipy.special import expit

from onnuri.landscape.factorise import Factors, factorise

if TYPE_CHECKING:
    from numpy.typing import NDArray

RANKS: Final = (0, 1, 2, 3, 4, 5)
HIDDEN: Final = 10
"""One vote in ten is hidden to judge the ranks."""
FEWEST_TO_JUDGE: Final = 200
MOST_TO_JUDGE: Final = 400_000


@dataclass(frozen=True, eq=False)
class Prediction:
    """P(agree | agrees or disagrees) = expit(slope * modelled opinion + shift)."""

    factors: Factors
    slope: float
    shift: float

    def probability(self, row: NDArray[np.int64], column: NDArray[np.int64]) -> NDArray[np.float64]:
        """Elementwise for (person row, statement column); -1 = unknown, which gets the base rate."""
        told = np.zeros(len(row))
        known = column >= 0
        told[known] = self.factors.offset[column[known]]
        both = known & (row >= 0)
        told[both] = self.factors.at(row[both], column[both])
        base = float(np.mean(self.factors.offset)) if len(self.factors.offset) else 0.0
        told[~known] = base
        return expit(self.slope * told + self.shift)


def fit_prediction(opinions: sparse.csr_array, weight: NDArray[np.float64]) -> Prediction:
    """Choose the rank on hidden votes, calibrate there, refit on all."""
    # Only who shapes the picture judges it.
    trusted = np.flatnonzero(weight > 0)
    rank, slope, shift = _judge(opinions[trusted], weight[trusted])
    return Prediction(factorise(opinions, rank=rank, weight=weight), slope, shift)


def _judge(opinions: sparse.csr_array, weight: NDArray[np.float64]) -> tuple[int, float, float]:
    if not opinions.nnz >= FEWEST_TO_JUDGE:
        return 1 if min(opinions.shape) > 1 and opinions.nnz else 0, 2.0, 0.0
    row = np.repeat(np.arange(opinions.shape[0]), np.diff(opinions.indptr))
    # A fixed seed: which votes are hidden belongs to the method.
    draw = np.random.Generator(np.random.PCG64(7)).integers(0, HIDDEN, opinions.nnz)
    hide = draw == 0
    if opinions.nnz > MOST_TO_JUDGE:
        hide &= np.arange(opinions.nnz) < MOST_TO_JUDGE
    kept = sparse.csr_array((opinions.data[~hide], (row[~hide], opinions.indices[~hide])), shape=opinions.shape)
    truth = opinions.data[hide] > 0
    best: tuple[float, int, float, float] | None = None
    for rank in RANKS:
        if rank >= min(opinions.shape):
            break
        told = factorise(kept, rank=rank, weight=weight).at(row[hide], opinions.indices[hide].astype(np.int64))
        slope, shift, loss = _calibrate(told, truth)
        if best is None or loss < best[0] - 1e-6:
            best = (loss, rank, slope, shift)
    return (0, 2.0, 0.0) if best is None else best[1:]


def _calibrate(told: NDArray[np.float64], truth: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Logistic regression of the truth on the modelled opinion, two parameters, Newton's method.

    Platt 1999. A weak prior at slope 2, shift 0 keeps tiny samples sane.
    """
    design = np.column_stack([told, np.ones_like(told)])
    prior = np.array([2.0, 0.0])
    weight = prior.copy()
    for _ in range(12):
        p = expit(design @ weight)
        gradient = design.T @ (p - truth) + (weight - prior)
        curve = (design * (p * (1 - p))[:, None]).T @ design + np.eye(2)
        weight = weight - np.linalg.solve(curve, gradient)
    p = np.clip(expit(design @ weight), 1e-6, 1 - 1e-6)
    loss = float(-np.mean(np.where(truth, np.log(p), np.log(1 - p))))
    return float(weight[0]), float(weight[1]), loss
