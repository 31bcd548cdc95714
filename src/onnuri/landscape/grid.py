"""The grid that makes floats reproducible: everything after a step starts from multiples of 2^-20."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

STEP: Final = 2.0**-20
WEIGHT_STEPS: Final = 64
"""Weights of people are counted in 1/64: sums of them are exact."""


def on_grid(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round to the grid; a sum in another order then gives the same bits.

    >>> float(on_grid(np.array([0.1]))[0])
    0.10000038146972656
    """
    return np.rint(values / STEP) * STEP


def as_integers(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """The same values counted in grid steps."""
    return np.rint(values / STEP).astype(np.int64)
