"""Ridge factorisation of the opinions by alternating least squares; missing votes stay missing.

x[i, s] ~ b[s] + u[i] . v[s] over the votes that were cast and were not a pass.
Koren, Bell & Volinsky 2009, Matrix factorization techniques for recommender systems, Computer 42(8).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from onnuri.landscape.cholesky import solve
from onnuri.landscape.grid import STEP, WEIGHT_STEPS, as_integers, on_grid
from onnuri.landscape.large import compiled
from onnuri.landscape.sums import add_up, answered, by_person, by_statement, for_each

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from onnuri.landscape.votes import Rows

RIDGE: Final = 4.0
OFFSET_RIDGE: Final = 0.5
ITERATIONS: Final = 12
AGAIN: Final = 4
"""Iterations where the start is a fit of nearly the same votes."""
SCALE: Final = round(1 / STEP)


@dataclass(frozen=True, eq=False)
class Factors:
    """`person` (people, rank), `statement` (statements, rank), `offset` (statements,); all on the grid."""

    person: NDArray[np.float64]
    statement: NDArray[np.float64]
    offset: NDArray[np.float64]

    def at(self, row: NDArray[np.integer], column: NDArray[np.integer]) -> NDArray[np.float64]:
        """The modelled opinion at (row, column) pairs, about -1 .. 1."""
        return self.offset[column] + np.einsum("ij,ij->i", self.person[row], self.statement[column])


def factorise(
    rows: Rows,
    *,
    rank: int,
    weight: NDArray[np.int64],
    iterations: int | None = None,
    start: Factors | None = None,
) -> Factors:
    """Fit `rank` factors.

    Args:
        rows: votes.
        rank: number of factors, >= 0.
        weight: (people,) in 1/64, how much a person shapes the statements' factors; everybody is folded in.
        iterations: pairs of half-steps; each is rounded to the grid, so the result does not hang on the order of sums.
        start: factors of the same statements to climb from.
    """
    if start is None:
        start = start_of(rows, rank, weight)
        iterations = ITERATIONS if iterations is None else iterations
    statement, offset = start.statement, start.offset
    for _ in range((AGAIN if iterations is None else iterations) if rank else 0):
        person = fold_in(rows, statement, offset)
        statement, offset = _statements_given(rows, person, weight)
    return Factors(fold_in(rows, statement, offset), statement, offset)


def fold_in(rows: Rows, statement: NDArray[np.float64], offset: NDArray[np.float64]) -> NDArray[np.float64]:
    """(people, rank): each person's factors given the statements', (V'V + ridge) u = V'(x - b)."""
    rank = statement.shape[1]
    if not rank:
        return np.zeros((rows.people, 0))
    v, b = as_integers(statement), as_integers(offset)
    pairs = [(a, c) for a in range(rank) for c in range(a + 1)]
    told = np.column_stack([*(v[:, a] * v[:, c] for a, c in pairs), *(b * v[:, a] for a in range(rank))])
    if (fast := compiled(rows.size)) is not None:
        person = np.empty((rows.people, rank))
        for_each(rows, fast.fold_in, (answered(told, v * SCALE), RIDGE, STEP), person)
        return person
    sums: NDArray[np.floating] = np.ascontiguousarray(by_person(rows, told, v * SCALE).T) * STEP**2
    left = _triangle(sums, rank)
    right = [sums[len(pairs) + rank + a] - sums[len(pairs) + a] for a in range(rank)]
    return on_grid(np.column_stack(solve(left, right)))


def _statements_given(
    rows: Rows, person: NDArray[np.float64], weight: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Each statement's factors and offset given the people's."""
    rank = person.shape[1]
    u = as_integers(person)
    if (fast := compiled(rows.size)) is not None:
        moments = add_up(rows, fast.moments, (rows.statements, (rank + 1) * (rank + 4) // 2 + rank), u, weight)
        solved = np.empty((rows.statements, rank + 1))
        fast.statements(moments, WEIGHT_STEPS, RIDGE, OFFSET_RIDGE, STEP, solved)
        return solved[:, :rank], solved[:, rank]
    weighted = u * weight[:, None]
    pairs = [(a, c) for a in range(rank) for c in range(a + 1)]
    told = np.column_stack([*(weighted[:, a] * u[:, c] for a, c in pairs), weighted, weight])
    signed = np.column_stack([weighted, weight])
    sums: NDArray[np.floating] = np.ascontiguousarray(by_statement(rows, told, signed).T) / float(WEIGHT_STEPS)
    wide = len(pairs)
    left = _triangle(sums * STEP**2, rank)
    left.append([*(sums[wide + a] * STEP for a in range(rank)), sums[wide + rank] + OFFSET_RIDGE])
    right = [*(sums[wide + rank + 1 + a] * STEP for a in range(rank)), sums[wide + 2 * rank + 1]]
    solved = on_grid(np.column_stack(solve(left, right)))
    return solved[:, :rank], solved[:, rank]


def _triangle(sums: NDArray[np.floating], rank: int) -> list[list[NDArray[np.float64]]]:
    """The first sums as the lower rows of a matrix, with the ridge on its diagonal."""
    found, at = [], 0
    for a in range(rank):
        row = list(sums[at : at + a + 1])
        row[a] = row[a] + RIDGE
        found.append(row)
        at += a + 1
    return found


def start_of(rows: Rows, rank: int, weight: NDArray[np.int64]) -> Factors:
    """Where the climb begins: by how and by whom each statement was answered, not by its number."""
    answers = by_statement(rows, weight[:, None], weight[:, None])
    # Equally many may have agreed with two statements; hardly ever people who have told as much elsewhere.
    one = np.ones((rows.statements, 1), dtype=np.int64)
    told = weight[:, None] * by_person(rows, one, one)
    keys = np.hstack([by_statement(rows, told, told), answers])
    # A statement that nobody who counts has answered is in nobody's way.
    answered = np.flatnonzero(answers[:, 0])
    statement = np.zeros((len(answers), rank))
    statement[answered[np.lexsort(keys[answered].T)]] = quasi_random(len(answered), rank)
    return Factors(np.zeros((rows.people, rank)), statement, _offset_alone(answers))


def quasi_random(statements: int, rank: int) -> NDArray[np.float64]:
    """(statements, rank): a fixed start, the same on every machine, in which no column is another's multiple."""
    steps = np.modf(np.outer(np.arange(1, statements + 1), np.sqrt(np.array([2, 3, 5, 7, 11, 13, 17, 19])[:rank])))[0]
    return on_grid(steps - 0.5)


def _offset_alone(answers: NDArray[np.int64]) -> NDArray[np.float64]:
    count, total = answers.T / float(WEIGHT_STEPS)
    return on_grid(total / (count + OFFSET_RIDGE))
