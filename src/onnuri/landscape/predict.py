"""Predicting a vote that was not cast: logistic factors of several ranks, averaged and calibrated on hidden votes.

logit P(O) = m + b[s] + u[i] . v[s] over the votes that were cast; a pass counts half as O and half as X, since it says
that somebody stands between. Collins, Dasgupta & Schapire 2001, A generalization of principal components analysis to
the exponential family, NIPS 14. Nothing that is decided hangs on it: an export without ballots is filled in by it, and
every such cell is marked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import sparse
from scipy.special import expit, logit

from onnuri.landscape.cholesky import solve
from onnuri.landscape.factorise import quasi_random
from onnuri.landscape.grid import on_grid
from onnuri.landscape.votes import Rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Column = NDArray[np.float64]

RANKS: Final = (1, 2, 3, 4, 5)
RIDGE: Final = 2.0
OFFSET_RIDGE: Final = 0.5
STEPS: Final = 12
LEAST_CURVE: Final = 0.02
LONGEST_STEP: Final = 2.0
"""Newton's steps are cut there, so that few votes do not throw anybody far out."""
HIDDEN: Final = 10
"""One vote in ten is hidden to calibrate."""
FEWEST_TO_JUDGE: Final = 200
FEW: Final = 20_000
MOST_LEARNED: Final = 4000
"""People that statements are learned from; all others are folded in when they are asked for."""


@dataclass(frozen=True, eq=False)
class Factors:
    """`mean` of all; `offset` (statements,); `statement` (statements, rank)."""

    mean: float
    offset: Column
    statement: Column

    def people(self, rows: Rows) -> Column:
        """(people, rank): where these people stand given the statements."""
        votes = _Cast(rows)
        person = np.zeros((rows.people, self.statement.shape[1]))
        for _ in range(STEPS if person.shape[1] else 0):
            person = votes.person_step(self, person)
        return person


@dataclass(frozen=True, eq=False)
class Prediction:
    """P(agree | agrees or disagrees) = expit(mean over the ranks of slope * logit + shift).

    `scale` (ranks, 2): slope and shift of each rank.
    """

    rows: Rows
    fits: tuple[Factors, ...]
    scale: Column

    def probability(self, row: NDArray[np.int64], column: NDArray[np.int64]) -> Column:
        """Elementwise for (person row, statement column); -1 = unknown, which gets the base rate."""
        people, at = np.unique(row[row >= 0], return_inverse=True)
        who = np.full(len(row), -1)
        who[row >= 0] = at
        logits = _logits(self.fits, self.rows.some(people), who, column)
        told = expit((logits * self.scale[:, 0] + self.scale[:, 1]).mean(axis=1))
        return np.where(column < 0, expit(self.fits[0].mean), told)


def fit_prediction(rows: Rows, trusted: NDArray[np.bool_]) -> Prediction:
    """Calibrate on hidden votes, then fit all.

    Args:
        rows: everybody's votes.
        trusted: (people,) who may shape it; the others are folded in.
    """
    people = np.flatnonzero(trusted)
    if len(people) > MOST_LEARNED:
        people = people[np.linspace(0, len(people) - 1, MOST_LEARNED).astype(np.int64)]
    own = rows.some(people)
    fits = _fits(own)
    return Prediction(rows, fits, _judge(own, len(fits)))


def _fits(rows: Rows) -> tuple[Factors, ...]:
    least = min(rows.people, rows.statements)
    ranks = [rank for rank in RANKS if rank < least and (rank == 1 or rows.size >= FEWEST_TO_JUDGE)]
    return tuple(_factorise(rows, rank) for rank in ranks or [0])


def _judge(rows: Rows, ranks: int) -> Column:
    """(ranks, 2): slope and shift of each rank, by votes that were hidden from it."""
    row, column, value = rows.flat
    told = np.flatnonzero(value != 0)
    if len(told) < FEWEST_TO_JUDGE:
        return np.tile([1.0, 0.0], (ranks, 1))
    # A fixed seed: which votes are hidden belongs to the method. Few votes are asked three times.
    draw = np.random.Generator(np.random.PCG64(7)).integers(0, HIDDEN, len(told))
    modelled, truth = [], []
    for fold in range(3 if len(told) < FEW else 1):
        hidden = told[draw == fold]
        left = np.ones(len(value), dtype=bool)
        left[hidden] = False
        starts = np.concatenate([[0], np.cumsum(np.bincount(row[left], minlength=rows.people))])
        kept = Rows(starts, column[left], value[left], rows.statements)
        # As many ranks as all votes bear, though some are hidden.
        fits = tuple(_factorise(kept, rank) for rank in ([*RANKS[:ranks]] if ranks > 1 else [1]))
        modelled.append(_logits(fits, kept, row[hidden], column[hidden].astype(np.int64)))
        truth.append(value[hidden] > 0)
    told_of, true = np.concatenate(modelled), np.concatenate(truth)
    return np.array([_calibrate(told_of[:, rank], true) for rank in range(ranks)])


def _logits(fits: tuple[Factors, ...], rows: Rows, row: NDArray[np.int64], column: NDArray[np.int64]) -> Column:
    """(pairs, ranks): what each rank says of (person row, statement column) pairs; -1 = unknown."""
    known = column >= 0
    both = known & (row >= 0)
    found = np.empty((len(row), len(fits)))
    for at, fit in enumerate(fits):
        person = fit.people(rows)
        found[:, at] = fit.mean
        found[known, at] += fit.offset[column[known]]
        found[both, at] += np.einsum("ij,ij->i", person[row[both]], fit.statement[column[both]])
    return found


class _Cast:
    """The votes that were cast as matrices whose values change from step to step."""

    def __init__(self, rows: Rows) -> None:
        self.row, column, value = rows.flat
        self.column = column.astype(np.int64)
        self.target = (value.astype(np.float64) + 1) / 2
        self.starts, self.shape = rows.starts - rows.starts[0], (rows.people, rows.statements)

    def matrix(self, values: Column) -> sparse.csr_array:
        return sparse.csr_array((values, self.column, self.starts), shape=self.shape)

    def left_and_curve(self, factors: Factors, person: Column) -> tuple[sparse.csr_array, sparse.csr_array]:
        """What the model leaves over of each vote, and how sure it is there."""
        told = factors.mean + factors.offset[self.column]
        told = told + np.einsum("ij,ij->i", person[self.row], factors.statement[self.column])
        chance = expit(told)
        curve = np.maximum(chance * (1 - chance), LEAST_CURVE)
        return self.matrix(self.target - chance), self.matrix(curve)

    def person_step(self, factors: Factors, person: Column) -> Column:
        left, curve = self.left_and_curve(factors, person)
        return _newton(left, curve, factors.statement, person, [RIDGE] * person.shape[1])

    def statement_step(self, factors: Factors, person: Column) -> Factors:
        left, curve = self.left_and_curve(factors, person)
        design = np.hstack([person, np.ones((len(person), 1))])
        now = np.hstack([factors.statement, factors.offset[:, None]])
        ridges = [RIDGE] * person.shape[1] + [OFFSET_RIDGE]
        found = _newton(sparse.csr_array(left.T), sparse.csr_array(curve.T), design, now, ridges)
        return Factors(factors.mean, found[:, -1], found[:, :-1])


def _newton(
    left: sparse.csr_array, curve: sparse.csr_array, design: Column, now: Column, ridges: list[float]
) -> Column:
    """One step of each row's own ridge regression, on the grid and not longer than two."""
    wide = design.shape[1]
    pairs = [(a, b) for a in range(wide) for b in range(a + 1)]
    sums = curve @ np.column_stack([design[:, a] * design[:, b] for a, b in pairs])
    matrix: list[list[Column]] = [[] for _ in range(wide)]
    for at, (a, b) in enumerate(pairs):
        matrix[a].append(sums[:, at] + (ridges[a] if a == b else 0.0))
    gradient = left @ design - now * np.array(ridges)
    step = np.column_stack(solve(matrix, list(gradient.T)))
    length = np.sqrt((step**2).sum(axis=1, keepdims=True))
    return on_grid(now + step * np.minimum(1, LONGEST_STEP / np.maximum(length, 1e-9)))


def _factorise(rows: Rows, rank: int) -> Factors:
    votes = _Cast(rows)
    agreed, all_votes = votes.target.sum(), len(votes.target)
    mean = float(on_grid(logit(np.array([(agreed + 1) / (all_votes + 2)])))[0])
    answers = np.bincount(votes.column, minlength=rows.statements)
    liked = np.bincount(votes.column, weights=votes.target, minlength=rows.statements)
    # Where the climb begins hangs on how a statement was answered, not on its number.
    statement = np.zeros((rows.statements, rank))
    answered = np.flatnonzero(answers)
    statement[answered[np.lexsort((liked[answered], answers[answered]))]] = quasi_random(len(answered), rank)
    factors = Factors(mean, np.zeros(rows.statements), statement)
    person = np.zeros((rows.people, rank))
    for _ in range(STEPS):
        if rank:
            person = votes.person_step(factors, person)
        factors = votes.statement_step(factors, person)
    return factors


def _calibrate(told: Column, truth: NDArray[np.bool_]) -> tuple[float, float]:
    """Logistic regression of the truth on the logit, two parameters, Newton's method.

    Platt 1999. A weak prior at slope 1, shift 0 keeps tiny samples sane.
    """
    design = np.column_stack([told, np.ones_like(told)])
    prior = np.array([1.0, 0.0])
    weight = prior.copy()
    for _ in range(12):
        p = expit(design @ weight)
        gradient = design.T @ (p - truth) + (weight - prior)
        curve = (design * (p * (1 - p))[:, None]).T @ design + np.eye(2)
        weight = weight - np.linalg.solve(curve, gradient)
    return float(weight[0]), float(weight[1])
