"""Ridge factorisation of the opinions by alternating least squares; missing votes stay missing.

x[i, s] ~ b[s] + u[i] . v[s] over the votes that were cast and were not a pass.
Koren, Bell & Volinsky 2009, Matrix factorization techniques for recommender systems, Computer 42(8).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import sparse

from onnuri.landscape.grid import on_grid

if TYPE_CHECKING:
    from numpy.typing import NDArray

RIDGE: Final = 4.0
OFFSET_RIDGE: Final = 0.5
ITERATIONS: Final = 12


@dataclass(frozen=True, eq=False)
class Factors:
    """`person` (people, rank), `statement` (statements, rank), `offset` (statements,)."""

    person: NDArray[np.float64]
    statement: NDArray[np.float64]
    offset: NDArray[np.float64]

    def at(self, row: NDArray[np.int64], column: NDArray[np.int64]) -> NDArray[np.float64]:
        """The modelled opinion at (row, column) pairs, about -1 .. 1."""
        return self.offset[column] + np.einsum("ij,ij->i", self.person[row], self.statement[column])


def factorise(
    opinions: sparse.csr_array, *, rank: int, weight: NDArray[np.float64], iterations: int = ITERATIONS
) -> Factors:
    """Fit `rank` factors.

    Args:
        opinions: people x statements, +1 and -1, absent = not voted or passed.
        rank: number of factors, >= 0.
        weight: (people,) how much a person shapes the statements' factors; everybody is folded in.
        iterations: half-steps are rounded to the grid, so the result does not hang on the order of sums.
    """
    people = opinions.shape[0]
    seen = _pattern(opinions)
    by_statement = sparse.csr_array((opinions.multiply(weight[:, None])).T)
    seen_by_statement = sparse.csr_array((seen.multiply(weight[:, None])).T)
    offset = _offset_alone(by_statement, seen_by_statement)
    vectors = _start(by_statement, seen_by_statement, rank)
    person = np.zeros((people, rank))
    for _ in range(iterations if rank else 0):
        person = on_grid(_solve(opinions, seen, vectors, offset, RIDGE))
        design = np.hstack([person, np.ones((people, 1))])
        ridges = np.append(np.full(rank, RIDGE), OFFSET_RIDGE)
        solved = on_grid(_solve(by_statement, seen_by_statement, design, None, ridges))
        vectors, offset = solved[:, :rank], solved[:, rank]
    if rank:
        person = on_grid(_solve(opinions, seen, vectors, offset, RIDGE))
    return Factors(person, vectors, offset)


def _pattern(opinions: sparse.csr_array) -> sparse.csr_array:
    return sparse.csr_array((np.ones(opinions.nnz), opinions.indices, opinions.indptr), shape=opinions.shape)


def _start(by_statement: sparse.csr_array, seen: sparse.csr_array, rank: int) -> NDArray[np.float64]:
    """Where the climb begins: by how each statement was answered, not by its number."""
    answers = np.column_stack([np.asarray(m.sum(axis=1)).ravel() for m in (by_statement, seen)])
    vectors = np.empty((len(answers), rank))
    vectors[np.lexsort(answers.T)] = _spread(len(answers), rank)
    return vectors


def _spread(statements: int, rank: int) -> NDArray[np.float64]:
    # A fixed quasi-random start (R-sequence): the same on every machine, and no column is another's multiple.
    steps = np.modf(np.outer(np.arange(1, statements + 1), np.sqrt(np.array([2, 3, 5, 7, 11, 13, 17, 19])[:rank])))[0]
    return on_grid(steps - 0.5)


def _offset_alone(by_statement: sparse.csr_array, seen: sparse.csr_array) -> NDArray[np.float64]:
    total = np.asarray(by_statement.sum(axis=1)).ravel()
    count = np.asarray(seen.sum(axis=1)).ravel()
    return on_grid(total / (count + OFFSET_RIDGE))


def _solve(
    values: sparse.csr_array,
    seen: sparse.csr_array,
    design: NDArray[np.float64],
    offset: NDArray[np.float64] | None,
    ridge: float | NDArray[np.float64],
) -> NDArray[np.float64]:
    """One ridge regression a row, all at once: (D'D + ridge) w = D'(x - offset)."""
    rank = design.shape[1]
    products = (design[:, :, None] * design[:, None, :]).reshape(len(design), rank * rank)
    left = (seen @ products).reshape(-1, rank, rank) + np.eye(rank) * ridge
    right = values @ design
    if offset is not None:
        right = right - seen @ (design * offset[:, None])
    return np.linalg.solve(left, right[:, :, None])[:, :, 0]
