"""Who is learned from, and how what was read of everybody becomes a landscape. Cold and warm fits share this."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from onnuri.landscape.cells import Cells
from onnuri.landscape.figures import count_by, count_channels, count_groups, together
from onnuri.landscape.floor import Floor, neighbourhood_floor
from onnuri.landscape.grid import WEIGHT_STEPS
from onnuri.landscape.landscape import Landscape
from onnuri.landscape.model import MOST_LEARNED, Model, Reading
from onnuri.vocabulary import NOT_PLACED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from onnuri.landscape.space import Space
    from onnuri.landscape.votes import Votes

FEWEST_VOTES: Final = 7
"""Who answered fewer is not placed: their position would be mostly our guess."""


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
        **counted(votes, reading.assignment, model.grouping.k),
    )


def counted(votes: Votes, assignment: NDArray[np.int64], k: int) -> dict[str, Any]:
    """The figures of a landscape, by the name of its field."""
    # In one pass: the groups, and those in none.
    *groups, none = count_groups(votes, np.where(assignment == NOT_PLACED, k, assignment), k + 1)
    everyone = together([*groups, none])
    return {
        "everyone": everyone,
        "by_group": tuple(groups),
        "by_channel": count_channels(votes, everyone),
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
