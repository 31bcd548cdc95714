"""Many small symmetric systems at once, one number after the other.

Only additions, multiplications, divisions and square roots of whole columns: each is correctly rounded on every
machine, so the result has the same bits everywhere, which a library's solver does not promise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Column = NDArray[np.float64]


def factor(matrix: Sequence[Sequence[Column]]) -> list[list[Column]]:
    """The lower triangular L with L L' = matrix.

    Args:
        matrix: [a][b] for b <= a, each a column of as many numbers as there are systems.

    Golub & Van Loan 2013, Matrix Computations, 4.2.

    >>> [[float(c[0]) for c in row] for row in factor([[np.array([4.0])], [np.array([2.0]), np.array([5.0])]])]
    [[2.0], [1.0, 2.0]]
    """
    lower: list[list[Column]] = []
    for a, row in enumerate(matrix):
        own: list[Column] = []
        for b in range(a + 1):
            left = row[b]
            for c in range(b):
                left = left - own[c] * (own[c] if a == b else lower[b][c])
            own.append(np.sqrt(left) if a == b else left / lower[b][b])
        lower.append(own)
    return lower


def forward(lower: Sequence[Sequence[Column]], right: Sequence[Column]) -> list[Column]:
    """Z with L z = right."""
    found: list[Column] = []
    for a, row in enumerate(lower):
        left = right[a]
        for c in range(a):
            left = left - row[c] * found[c]
        found.append(left / row[a])
    return found


def backward(lower: Sequence[Sequence[Column]], right: Sequence[Column]) -> list[Column]:
    """W with L' w = right."""
    size = len(lower)
    found: list[Column] = [right[0]] * size
    for a in reversed(range(size)):
        left = right[a]
        for c in range(a + 1, size):
            left = left - lower[c][a] * found[c]
        found[a] = left / lower[a][a]
    return found


def solve(matrix: Sequence[Sequence[Column]], right: Sequence[Column]) -> list[Column]:
    """W with matrix w = right; the matrices are positive definite.

    >>> one = [[np.array([4.0])], [np.array([2.0]), np.array([5.0])]]
    >>> [float(w[0]) for w in solve(one, [np.array([8.0]), np.array([12.0])])]
    [1.0, 2.0]
    """
    lower = factor(matrix)
    return backward(lower, forward(lower, right))


def inverse_factor(lower: Sequence[Sequence[Column]]) -> list[list[Column]]:
    """L^-1, lower triangular too."""
    found: list[list[Column]] = []
    for a, row in enumerate(lower):
        own: list[Column] = []
        for b in range(a):
            left = row[b] * found[b][b]
            for c in range(b + 1, a):
                left = left + row[c] * found[c][b]
            own.append(-left / row[a])
        own.append(1.0 / row[a])
        found.append(own)
    return found
