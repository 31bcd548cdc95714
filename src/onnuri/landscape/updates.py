"""Votes that arrive while a picture is on show: whoever voted is placed again at once, in the space as it stands.

Nothing is learned and nobody else moves; a warm refresh (`fit(votes, previous)`) follows every few seconds, the cold
fit at a close.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from onnuri.landscape.assembly import FEWEST_VOTES
from onnuri.landscape.grid import WEIGHT_STEPS
from onnuri.landscape.landscape import index_of
from onnuri.landscape.merge import merged, on_people, on_statements
from onnuri.landscape.model import read
from onnuri.landscape.warm import former_groups, sticky

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from onnuri.landscape.landscape import Landscape
    from onnuri.landscape.votes import Rows, Votes


@dataclass(frozen=True, eq=False)
class Replaced:
    """Who voted, and where they stand now: `participants` (n,), `place` (n, d), `assignment`, `posterior` (n, k)."""

    participants: NDArray[np.int64]
    place: NDArray[np.float64]
    assignment: NDArray[np.int64]
    posterior: NDArray[np.float64]


def place_again(landscape: Landscape, new: Votes) -> Replaced:
    """Place everybody again who is in `new`: their former votes with the new ones, of which the last counts.

    Statements the landscape has not seen yet are left out until the next refresh.

    Raises:
        ValueError: the landscape has no space, since nobody could be told apart.
    """
    model = landscape.model
    if model is None:
        raise ValueError("this landscape has no space")
    rows = _merged(landscape, new)
    shapes = new.is_trusted() & (rows.answers >= min(FEWEST_VOTES, rows.statements))
    whole = np.full(rows.people, WEIGHT_STEPS, dtype=np.int64)
    found = read(model, rows, shapes, whole, np.full(rows.people, -1), sums=False)
    assignment = sticky(found.posterior, found.assignment, former_groups(new, landscape, shapes))
    return Replaced(new.participants, found.place, assignment, found.posterior)


def _merged(landscape: Landscape, new: Votes) -> Rows:
    """The votes of those in `new`, on the statements of the landscape."""
    before = index_of(landscape.participants, new.participants)
    had = before[before >= 0]
    old = on_people(landscape.votes.rows.some(had), landscape.participants[had], new.participants)
    known = index_of(landscape.statements, new.statements)
    return merged(old, on_statements(new.rows, known, len(landscape.statements)))
