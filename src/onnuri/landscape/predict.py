"""Predicting a vote that was not cast: rank by cross-validation, probabilities by calibration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import expit

from onnuri.landscape.factorise import Factors, factorise
from onnuri.landscape.grid import WEIGHT_STEPS
from onnuri.landscape.votes import Rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

RANKS: Final = (0, 1, 2, 3, 4, 5)
HIDDEN: Final = 10
"""One vote in ten is hidden to judge the ranks."""
FEWEST_TO_JUDGE: Final = 200


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


def fit_prediction(rows: Rows, trusted: NDArray[np.bool_]) -> Prediction:
    """Choose the rank on hidden votes, calibrate there, refit on all.

    Args:
        rows: everybody's votes.
        trusted: (people,) who may shape it; the others are folded in.
    """
    rank, slope, shift = _judge(rows.some(np.flatnonzero(trusted)))
    return Prediction(factorise(rows, rank=rank, weight=trusted * np.int64(WEIGHT_STEPS)), slope, shift)


def _judge(rows: Rows) -> tuple[int, float, float]:
    row, column, value = rows.flat
    told = np.flatnonzero(value != 0)
    least = min(rows.people, rows.statements)
    if len(told) < FEWEST_TO_JUDGE:
        return 1 if least > 1 and len(told) else 0, 2.0, 0.0
    # A fixed seed: which votes are hidden belongs to the method.
    draw = np.random.Generator(np.random.PCG64(7)).integers(0, HIDDEN, len(told))
    hidden = told[draw == 0]
    left = np.ones(len(value), dtype=bool)
    left[hidden] = False
    starts = np.concatenate([[0], np.cumsum(np.bincount(row[left], minlength=rows.people))])
    kept = Rows(starts, column[left], value[left], rows.statements)
    truth = value[hidden] > 0
    weight = np.full(rows.people, WEIGHT_STEPS, dtype=np.int64)
    best: tuple[float, int, float, float] | None = None
    for rank in RANKS:
        if rank >= least:
            break
        modelled = factorise(kept, rank=rank, weight=weight).at(row[hidden], column[hidden])
        slope, shift, loss = _calibrate(modelled, truth)
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
