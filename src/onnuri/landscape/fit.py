"""From votes to a landscape: space, groups, figures, common ground, divides.

Two uses, never mixed: `fit(votes)` is cold and memoryless, hangs on the votes alone and decides; `fit(votes,
previous=...)` is warm: it refreshes a picture that is on show, so that people do not jump from group to group.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from onnuri.landscape.cells import Cells
from onnuri.landscape.figures import count, count_by, count_channels, count_groups
from onnuri.landscape.floor import Floor, neighbourhood_floor
from onnuri.landscape.grid import WEIGHT_STEPS
from onnuri.landscape.landscape import Landscape
from onnuri.landscape.model import MOST_LEARNED, UNKNOWN, Model, Reading, learn
from onnuri.landscape.parts import read_parts
from onnuri.landscape.sums import count_by_place
from onnuri.vocabulary import NOT_PLACED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from onnuri.landscape.parts import Cluster
    from onnuri.landscape.space import Space
    from onnuri.landscape.votes import Votes

DIMENSIONS: Final = 4
FEWEST_VOTES: Final = 7
"""Who answered fewer is not placed: their position would be mostly our guess."""


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
    if rank < 1 or shapes.sum() < 2:  # noqa: PLR2004 - one person spans no space
        return _flat(votes, shapes, threshold)
    if previous is not None and previous.model is not None:
        from onnuri.landscape.warm import refresh  # noqa: PLC0415 - it stands on this file

        return refresh(votes, shapes, previous, threshold=threshold, cluster=cluster)
    learned = whom_to_learn_from(votes, shapes)
    model = learn(votes.rows.some(learned), lot(votes.participants[learned]), rank)
    return landscape_of(votes, model, _read_all(votes, model, shapes, learned, cluster), threshold)


def who_shapes(votes: Votes) -> NDArray[np.bool_]:
    """(people,): trusted, and answered enough to have a place."""
    return votes.is_trusted() & (votes.rows.answers >= min(FEWEST_VOTES, max(votes.shape[1], 1)))


def whom_to_learn_from(votes: Votes, shapes: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The rows of the people to learn from: everybody who shapes the picture, or a part of them chosen by hash."""
    people = np.flatnonzero(shapes)
    if len(people) <= MOST_LEARNED:
        return people
    return np.sort(people[np.argsort(lot(votes.participants[people]), kind="stable")[:MOST_LEARNED]])


def lot(ids: NDArray[np.int64]) -> NDArray[np.uint64]:
    """A random-looking number for each id: splitmix64's last step. Steele, Lea & Flood 2014, OOPSLA '14."""
    mixed = ids.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def _read_all(
    votes: Votes, model: Model, shapes: NDArray[np.bool_], learned: NDArray[np.int64], cluster: Cluster | None
) -> Reading:
    index = np.full(len(shapes), -1)
    index[learned] = np.arange(len(learned))
    weight = np.where(shapes, UNKNOWN, 0)
    if len(learned) == shapes.sum():
        weight[learned] = model.weight
    return read_parts(model, votes.rows, shapes, weight, index, cluster)


def landscape_of(votes: Votes, model: Model, reading: Reading, threshold: float) -> Landscape:
    """Put together what was read of everybody."""
    cells = Cells(model.cells.centre, reading.cell_weight, reading.weighted, model.cells.shared)
    floor = neighbourhood_floor(cells)
    x, y, shown = picture_of(model.space, reading.place)
    return Landscape(
        votes=votes,
        weight=reading.weight / WEIGHT_STEPS,
        k=model.grouping.k,
        loose=model.grouping.loose,
        assignment=reading.assignment,
        posterior=reading.posterior,
        group_ids=tuple(range(1, model.grouping.k + 1)),
        model=model,
        place=reading.place,
        x=x,
        y=y,
        shown_variance=shown,
        floor=floor.score,
        outside=_outside(floor, reading),
        threshold=threshold,
        **_counted(votes, reading.assignment, model.grouping.k),
    )


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
        **_counted(votes, assignment, 1),
    )


def _counted(votes: Votes, assignment: NDArray[np.int64], k: int) -> dict[str, Any]:
    return {
        "everyone": count(votes, np.ones(votes.shape[0], dtype=bool)),
        "by_group": tuple(count_groups(votes, assignment, k)),
        "by_channel": count_channels(votes),
        "by_trait": {name: count_by(votes, values) for name, values in votes.traits.items()},
    }


def picture_of(space: Space, place: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """X and y of everybody, at most 1 from the middle, and the share of the modelled variance that they show."""
    plane = np.zeros((len(place), 2))
    plane[:, : min(2, place.shape[1])] = place[:, :2]
    away = np.hypot(*plane.T)
    reach = max(float(np.quantile(away, 0.98)), 1e-6)
    plane = np.round(plane / np.maximum(away / reach, 1.0)[:, None] / reach, 6)
    return plane[:, 0], plane[:, 1], float(space.variance[:2].sum() / max(space.variance.sum(), 1e-12))


def _outside(floor: Floor, reading: Reading) -> dict[int, dict[str, int]]:
    """Who lives where a statement has less than its floor, and what they said of it: per statement column."""
    people = reading.people @ floor.outside
    said = (reading.by_cell * floor.outside[:, :, None]).sum(axis=0)
    return {
        column: {"people": int(people[column]), "agree": int(o), "pass": int(p), "disagree": int(x)}
        for column, (x, p, o) in enumerate(said.tolist())
    }
