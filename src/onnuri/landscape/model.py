"""What is learned from people's votes, and what it says of anybody.

`learn` looks at the people who shape the picture, at most 10,000 of them, chosen by hash. `read` then goes through
everybody, some people at a time, and adds up whole numbers: so the result is the same on one partition or on seven, on
this machine or on many.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from onnuri.landscape.cells import MOST_OWN_CELLS, Cells, cells_of, nearest
from onnuri.landscape.factorise import factorise
from onnuri.landscape.grid import WEIGHT_STEPS
from onnuri.landscape.groups import Grouping, find_groups, place_people
from onnuri.landscape.mixture import evidence_of, residual_variance
from onnuri.landscape.space import canonical
from onnuri.landscape.sums import count_by_place, count_twice
from onnuri.landscape.twins import (
    ALIKE,
    ALIKE_AT_FIRST,
    FEWEST_COMMON,
    REFERENCES,
    Against,
    References,
    gains,
    global_rates,
    local_rates,
    weigh,
)
from onnuri.vocabulary import NOT_PLACED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Protocol

    from numpy.typing import NDArray

    from onnuri.landscape.factorise import Factors
    from onnuri.landscape.mixture import Evidence
    from onnuri.landscape.space import Space
    from onnuri.landscape.votes import Rows

    class Former(Protocol):
        """What a warm picture keeps of the one before."""

        def turn(self, space: Space) -> Space:
            """The space in the former frame."""

        def group(self, evidence: Evidence) -> Grouping:
            """The groups, in the light of the former ones."""


MOST_LEARNED: Final = 10_000
GLOBAL_ROUNDS: Final = 2
LOCAL_ROUNDS: Final = 3
UNKNOWN: Final = -1
"""A weight that has to be measured."""


@dataclass(frozen=True, eq=False)
class Model:
    """What was learned: a space, its cells, the rates there, whom accounts are held against, the groups.

    `weight` (learned,) in 1/64 and `member` (learned,), the cell, of the people it was learned from.
    """

    space: Space
    cells: Cells
    rates: NDArray[np.float64]
    references: References
    residual: float
    grouping: Grouping
    weight: NDArray[np.int64]
    member: NDArray[np.int64]

    @cached_property
    def against(self) -> Against:
        """The references made ready, once for all parts."""
        return Against(self.references, gains(self.rates))


@dataclass(frozen=True, eq=False)
class Reading:
    """What the model says of some people, and sums over them; readings of all parts are added up by `together`.

    `place` (n, d), `weight` (n,) in 1/64, `cell` (n,), `posterior` (n, k), `assignment` (n,);
    `people` (cells,), `cell_weight` (cells,), `by_cell`, `weighted` (cells, statements, 3) X, pass, O.
    """

    place: NDArray[np.float64]
    weight: NDArray[np.int64]
    cell: NDArray[np.int64]
    posterior: NDArray[np.float64]
    assignment: NDArray[np.int64]
    people: NDArray[np.int64]
    cell_weight: NDArray[np.int64]
    by_cell: NDArray[np.int64]
    weighted: NDArray[np.int64]


def learn(rows: Rows, lot: NDArray[np.unsignedinteger], rank: int) -> Model:
    """Learn from these people, from nothing.

    Args:
        rows: votes of those who shape the picture.
        lot: (people,) a random-looking number each, which decides who is a reference.
        rank: dimensions of the space, >= 1.
    """
    everyone = np.arange(rows.people)
    weight = np.full(rows.people, WEIGHT_STEPS, dtype=np.int64)
    factors = factorise(rows, rank=rank, weight=weight)
    if rows.people < FEWEST_COMMON:
        return learned(rows, factors, weight, everyone, find_groups)
    chosen = _references(lot)
    weight = globally_weighed(rows, lot, weight, everyone)
    for _ in range(LOCAL_ROUNDS):
        factors = factorise(rows, rank=rank, weight=weight, start=factors)
        cells, member = cells_of(canonical(factors, weight).place, weight, rows)
        weight = weigh(rows, everyone, member, local_rates(cells), _held_against(rows, chosen, member), ALIKE)
    return learned(rows, factorise(rows, rank=rank, weight=weight, start=factors), weight, chosen, find_groups)


def globally_weighed(
    rows: Rows, lot: NDArray[np.unsignedinteger], weight: NDArray[np.int64], people: NDArray[np.int64]
) -> NDArray[np.int64]:
    """(people,): the weights with those of `people` measured under the rates of everybody."""
    one_cell = np.zeros(rows.people, dtype=np.int64)
    references = _held_against(rows, _references(lot), one_cell)
    theirs = rows.some(people)
    for _ in range(GLOBAL_ROUNDS):
        rates = global_rates(count_by_place(rows, one_cell, weight, 1))
        weight = weight.copy()
        weight[people] = weigh(theirs, people, one_cell[people], rates, references, ALIKE_AT_FIRST)
    return weight


def learn_again(
    rows: Rows, lot: NDArray[np.unsignedinteger], weight: NDArray[np.int64], start: Factors, former: Former
) -> Model:
    """Learn from these people, from where a former model stood; their weights are kept.

    Args:
        rows: votes of those who shape the picture.
        lot: (people,) as in `learn`.
        weight: (people,) in 1/64.
        start: factors of these statements to climb from.
        former: turns the space into the former frame and groups its people.
    """
    factors = factorise(rows, rank=start.statement.shape[1], weight=weight, start=start)
    return learned(rows, factors, weight, _references(lot), former.group, former.turn)


def learned(
    rows: Rows,
    factors: Factors,
    weight: NDArray[np.int64],
    chosen: NDArray[np.int64],
    group: Callable[[Evidence], Grouping],
    turn: Callable[[Space], Space] | None = None,
) -> Model:
    """The model that follows from factors and weights."""
    space = canonical(factors, weight)
    space = space if turn is None else turn(space)
    cells, member = cells_of(space.place, weight, rows)
    shaping = np.flatnonzero(weight > 0)
    residual = residual_variance(rows.some(shaping), space, space.place[shaping])
    evidence = evidence_of(rows, space, space.place, weight / WEIGHT_STEPS, residual)
    return Model(
        space=space,
        cells=cells,
        rates=local_rates(cells),
        references=_held_against(rows, chosen, member),
        residual=residual,
        grouping=group(evidence),
        weight=weight,
        member=member,
    )


def _references(lot: NDArray[np.unsignedinteger]) -> NDArray[np.int64]:
    if len(lot) <= MOST_OWN_CELLS:
        return np.arange(len(lot))
    return np.sort(np.argsort(lot, kind="stable")[:REFERENCES])


def _held_against(rows: Rows, chosen: NDArray[np.int64], cell: NDArray[np.int64]) -> References:
    return References(rows.some(chosen), chosen, cell[chosen], rows.people / max(len(chosen), 1))


def read(
    model: Model,
    rows: Rows,
    shapes: NDArray[np.bool_],
    weight: NDArray[np.int64],
    index: NDArray[np.int64],
    *,
    sums: bool = True,
) -> Reading:
    """What the model says of these people.

    Args:
        model: what was learned.
        rows: their votes.
        shapes: (people,) who has a place in a group and in the floor; the others only stand on the map.
        weight: (people,) in 1/64; -1 = it is measured against the references.
        index: (people,) their row among the learned, -1 = not learned from; nobody is held against themselves.
        sums: whether what they said is counted by cell; else the sums are of nobody.
    """
    place = model.space.places(rows)
    cell = nearest(place, model.cells.centre, rows.size)
    if not model.cells.shared:
        # Several people on one spot have a cell each.
        cell = np.where(index >= 0, model.member[index], cell)
    if len(unknown := np.flatnonzero(weight == UNKNOWN)):
        weight = weight.copy()
        whom, where = index[unknown], cell[unknown]
        ready = model.against
        weight[unknown] = weigh(rows.some(unknown), whom, where, model.rates, model.references, against=ready)
    evidence = evidence_of(rows, model.space, place, np.ones(rows.people), model.residual)
    posterior = np.where(shapes[:, None], model.grouping.posterior(evidence), 0.0)
    cells = len(model.cells.weight)
    here = np.where(shapes, cell, -1)
    counts = count_twice(rows, here, weight, cells) if sums else np.zeros((cells, rows.statements, 6), dtype=np.int64)
    return Reading(
        place=place,
        weight=weight,
        cell=cell,
        posterior=posterior,
        assignment=np.where(shapes, place_people(posterior), NOT_PLACED),
        people=np.bincount(cell[shapes], minlength=cells),
        cell_weight=np.bincount(cell[shapes], weights=weight[shapes], minlength=cells).astype(np.int64),
        by_cell=counts[:, :, :3],
        weighted=counts[:, :, 3:],
    )


def together(readings: Sequence[Reading]) -> Reading:
    """The readings of several parts as one: people after each other, sums added."""
    if len(readings) == 1:
        return readings[0]
    rows = ("place", "weight", "cell", "posterior", "assignment")
    sums = ("people", "cell_weight", "by_cell", "weighted")
    return Reading(
        **{name: np.concatenate([getattr(r, name) for r in readings]) for name in rows},
        **{name: np.sum([getattr(r, name) for r in readings], axis=0) for name in sums},
    )
