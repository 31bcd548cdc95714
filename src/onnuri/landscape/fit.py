"""From votes to a landscape: space, groups, figures, common ground, divides.

Two uses, never mixed: `fit(votes)` is cold and memoryless, hangs on the votes alone and decides; `fit(votes,
previous=...)` is warm: it refreshes a picture that is on show, so that people do not jump from group to group.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from onnuri.landscape.assembly import counted, landscape_of, lot, who_shapes, whom_to_learn_from
from onnuri.landscape.cells import Cells
from onnuri.landscape.floor import neighbourhood_floor
from onnuri.landscape.grid import WEIGHT_STEPS
from onnuri.landscape.landscape import Landscape
from onnuri.landscape.model import UNKNOWN, Model, Reading, learn
from onnuri.landscape.parts import read_parts
from onnuri.landscape.sums import count_by_place
from onnuri.landscape.warm import refresh
from onnuri.vocabulary import NOT_PLACED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from onnuri.landscape.parts import Cluster
    from onnuri.landscape.votes import Votes

DIMENSIONS: Final = 4
FEWEST_TICKETS: Final = 100
"""Ticket-holders who have a floor of their own; a flag of fewer would wave with a few of them."""


def fit(
    votes: Votes,
    previous: Landscape | None = None,
    *,
    threshold: float = 0.5,
    cluster: Cluster | None = None,
) -> Landscape:
    """Compute the landscape of `votes`.

    Args:
        votes: canonical votes.
        previous: the landscape shown before: refresh it, so that nothing in the picture jumps. Never for a decision.
        threshold: what common ground must reach, floor and every tested group alike.
        cluster: a Dask client or a scheduler's address: people are read there, with the same result.

    >>> from onnuri.landscape.votes import Votes
    >>> fit(Votes(participant=[1, 2], statement=[5, 5], value=[1, -1])).k
    1
    """
    shapes = who_shapes(votes)
    rank = min(DIMENSIONS, min(votes.shape) - 1)
    spans = rank >= 1 and shapes.sum() >= 2  # noqa: PLR2004 - one person spans no space
    if spans and previous is not None and previous.model is not None:
        return refresh(votes, shapes, previous, rank=rank, threshold=threshold, cluster=cluster)
    found = _learned(votes, shapes, rank, threshold, cluster) if spans else _flat(votes, shapes, threshold)
    return replace(found, ticket_floor=_ticket_floor(found, cluster))


def _ticket_floor(landscape: Landscape, cluster: Cluster | None) -> NDArray[np.float64] | None:
    """The floor that follows from ticket-holders alone, as if open voices only stood on the map.

    Where the rules let open voices shape the picture, that is another fit: in a space, and under weights, to which no
    open voice has added anything.
    """
    votes = landscape.votes
    if not votes.has_open() or (came := votes.by_ticket()).sum() < FEWEST_TICKETS:
        return None
    if not (votes.is_trusted() & ~came).any():
        return landscape.floor
    return fit(votes.shaped_by(came), cluster=cluster).floor


def _learned(
    votes: Votes, shapes: NDArray[np.bool_], rank: int, threshold: float, cluster: Cluster | None
) -> Landscape:
    learned = whom_to_learn_from(votes, shapes)
    model = learn(votes.rows.some(learned), lot(votes.participants[learned]), rank)
    found = landscape_of(votes, model, _read_all(votes, model, shapes, learned, cluster), threshold)
    return replace(found, proposed_at=len(votes))


def _read_all(
    votes: Votes, model: Model, shapes: NDArray[np.bool_], learned: NDArray[np.int64], cluster: Cluster | None
) -> Reading:
    index = np.full(len(shapes), -1)
    index[learned] = np.arange(len(learned))
    weight = np.where(shapes, UNKNOWN, 0)
    if len(learned) == shapes.sum():
        weight[learned] = model.weight
    return read_parts(model, votes.rows, shapes, weight, index, cluster)


def _flat(votes: Votes, shapes: NDArray[np.bool_], threshold: float) -> Landscape:
    """Where nobody can be told apart: one group, everybody in one place."""
    people = votes.shape[0]
    weight = shapes * np.int64(WEIGHT_STEPS)
    counts = count_by_place(votes.rows, np.where(shapes, 0, -1), weight, 1)
    cells = Cells(np.zeros((1, 1)), np.array([weight.sum()]), counts)
    assignment = np.where(shapes, 0, NOT_PLACED)
    return Landscape(
        votes=votes,
        weight=shapes.astype(np.float64),
        k=1,
        loose=False,
        assignment=assignment,
        posterior=np.ones((people, 1)),
        group_ids=(1,),
        model=None,
        place=np.zeros((people, 1)),
        x=np.zeros(people),
        y=np.zeros(people),
        shown_variance=0.0,
        floor=neighbourhood_floor(cells).score,
        outside={c: {"people": 0, "agree": 0, "pass": 0, "disagree": 0} for c in range(votes.shape[1])},
        threshold=threshold,
        **counted(votes, assignment, 1),
    )
