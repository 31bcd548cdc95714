"""Blocs: everybody who has a place, cut into twenty pieces of equal size that stand together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from onnuri.landscape.assembly import who_shapes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from onnuri.landscape.landscape import Landscape

ALONG: Final = 5
ACROSS: Final = 4
BLOCS: Final = ALONG * ACROSS
"""One bloc is a twentieth of the people: as many as the neighbourhood floor may leave out."""


def blocs_of(landscape: Landscape) -> NDArray[np.int64]:
    """(people,): the bloc of each, -1 without a place: five slices along the first axis, four across each."""
    # Also who weighs nothing, as one of a great many twins: they have a place all the same.
    people = np.flatnonzero(who_shapes(landscape.votes))
    found = np.full(len(landscape.participants), -1)
    place = landscape.place[people]
    second = place[:, min(1, place.shape[1] - 1)]
    # Ties in the order of what stands on the other axes, then of ids.
    along = np.lexsort((np.arange(len(people)), *place.T[:0:-1], place[:, 0]))
    for slice_, rows in enumerate(np.array_split(along, ALONG)):
        across = rows[np.lexsort((rows, second[rows]))]
        for piece, own in enumerate(np.array_split(across, ACROSS)):
            found[people[own]] = slice_ * ACROSS + piece
    return found
