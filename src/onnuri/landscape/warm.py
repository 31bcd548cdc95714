"""The warm picture: what is on show is refreshed, and people do not jump from group to group.

It starts where the former one stood and is turned onto its frame; who has a group keeps it until the votes say clearly
otherwise; another number of groups, or quite other groups, must be found three times in a row before they are shown,
and are then announced as a change. It decides nothing: eligibility, slate and certificate hang on the cold fit.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from onnuri.landscape.agreement import adjusted_rand
from onnuri.landscape.assembly import landscape_of, lot, who_shapes, whom_to_learn_from
from onnuri.landscape.cells import nearest
from onnuri.landscape.factorise import Factors, start_of
from onnuri.landscape.grid import WEIGHT_STEPS, on_grid
from onnuri.landscape.groups import CERTAIN, MOST_TO_FIT, Grouping, find_groups, repeats, some_of
from onnuri.landscape.landscape import index_of
from onnuri.landscape.mixture import Mixture, refine
from onnuri.landscape.model import UNKNOWN, Model, globally_weighed, learn_again
from onnuri.landscape.names import named_after
from onnuri.landscape.parts import read_parts
from onnuri.landscape.space import procrustes
from onnuri.landscape.twins import FEWEST_COMMON, weigh
from onnuri.vocabulary import NOT_PLACED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from onnuri.landscape.landscape import Landscape, Proposal
    from onnuri.landscape.mixture import Evidence
    from onnuri.landscape.parts import Cluster
    from onnuri.landscape.space import Space
    from onnuri.landscape.votes import Rows, Votes

IN_A_ROW: Final = 3
"""So often other groups must be found before they are shown."""
WORTH_A_PROPOSAL: Final = 1.02
"""So many more votes than at the last proposal are worth another: three looks at the same votes are one."""
SAME: Final = 0.90
"""Adjusted Rand index from which two groupings count as the same."""
STILL_REPEATS: Final = 0.65
"""Groups that repeat this well on halves of the people are not given up for fewer."""
STAYS: Final = 0.35
"""Who has a group keeps it while this likely in it."""
CLEARLY: Final = 1.1
"""Log-odds in favour of another group from which somebody changes."""
HEAVY: Final = WEIGHT_STEPS // 2


@dataclass
class Former:
    """The landscape shown before: its frame and its groups.

    `people`: ids of those learned from now; `votes`: how many there are in all.
    """

    shown: Landscape
    people: NDArray[np.int64]
    votes: int
    proposals: tuple[Proposal, ...] = field(default=())
    proposed_at: int = 0
    changed: str | None = None

    def turn(self, space: Space) -> Space:
        """The space turned onto the former frame by those who stand in both."""
        before = index_of(self.shown.participants, self.people)
        both = before >= 0
        fixed = _as_wide(self.shown.place[before[both]], space.place.shape[1])
        if both.sum() < fixed.shape[1]:
            return space
        turned = on_grid(procrustes(space.place[both], fixed))
        return replace(
            space,
            place=on_grid(space.place @ turned),
            loading=on_grid(space.loading @ turned),
            turn=on_grid(space.turn @ turned),
            variance=on_grid(np.diag(turned.T @ np.diag(space.variance) @ turned)),
        )

    def group(self, evidence: Evidence) -> Grouping:
        """The groups on show, refreshed, unless others were found three times in a row."""
        evidence = some_of(evidence, MOST_TO_FIT)
        shown = self._refreshed(evidence)
        if self.votes < self.shown.proposed_at * WORTH_A_PROPOSAL:
            self.proposals, self.proposed_at = self.shown.proposals, self.shown.proposed_at
            return shown
        self.proposed_at = self.votes
        found = find_groups(evidence)
        same = found.k == shown.k and (
            found.k == 1 or adjusted_rand(_labels(found, evidence), _labels(shown, evidence)) >= SAME
        )
        self.proposals = (*self.shown.proposals, (found.k, same))[-IN_A_ROW:]
        insists = len(self.proposals) == IN_A_ROW and all(p == (found.k, False) for p in self.proposals)
        if not insists or (found.k < shown.k and repeats(evidence, shown.k) >= STILL_REPEATS):
            return replace(shown, loose=found.loose if found.k == shown.k else shown.loose)
        self.proposals = ()
        self.changed = f"{shown.k} -> {found.k}"
        return found

    def _refreshed(self, evidence: Evidence) -> Grouping:
        model = self.shown.model
        grouping = None if model is None else model.grouping
        if grouping is None or grouping.mixture is None:
            return Grouping(1, False, None)
        mixture, d = grouping.mixture, evidence.place.shape[1]
        # The spread of shown groups is round: a new axis has the same.
        stood = Mixture(mixture.share, _as_wide(mixture.centre, d), np.eye(d) * mixture.spread[0, 0], -np.inf)
        return replace(grouping, mixture=refine(stood, evidence))


def refresh(
    votes: Votes,
    shapes: NDArray[np.bool_],
    previous: Landscape,
    *,
    rank: int,
    threshold: float,
    cluster: Cluster | None,
) -> Landscape:
    """The landscape of `votes` in the frame and the groups of the one before; see `fit`. `rank`: as of a cold fit."""
    chosen = whom_to_learn_from(votes, shapes)
    rows, own_lot = votes.rows.some(chosen), lot(votes.participants[chosen])
    former = Former(previous, votes.participants[chosen], len(votes))
    known = np.where(shapes, _known_weights(votes, previous), 0)
    model = _learned(rows, own_lot, known[chosen], _carried(votes, rows, previous, rank), former)
    index = np.full(len(shapes), UNKNOWN)
    index[chosen] = np.arange(len(chosen))
    known[chosen] = model.weight
    reading = read_parts(model, votes.rows, shapes, known, index, cluster)
    if former.changed is None:
        assignment = sticky(reading.posterior, reading.assignment, former_groups(votes, previous, shapes))
        reading = replace(reading, assignment=assignment)
    found = replace(
        landscape_of(votes, model, reading, threshold),
        proposals=former.proposals,
        proposed_at=former.proposed_at,
        changed=former.changed,
    )
    if found.k == previous.k and former.changed is None:
        return replace(found, group_ids=previous.group_ids)
    return replace(found, group_ids=named_after(found, previous).group_ids)


def _learned(
    rows: Rows, own_lot: NDArray[np.uint64], weight: NDArray[np.int64], start: Factors, former: Former
) -> Model:
    """Learn with the weights there are; where others of the new people turn out to be twins, once more with theirs."""
    unknown = np.flatnonzero(weight == UNKNOWN)
    if not len(unknown):
        return learn_again(rows, own_lot, weight, start, former)
    # As in a cold fit, first under everybody's rates: else a brigade would be explained by its own weight.
    weight = globally_weighed(rows, own_lot, np.where(weight == UNKNOWN, WEIGHT_STEPS, weight), unknown)
    model = learn_again(rows, own_lot, weight, start, former)
    theirs = rows.some(unknown)
    cell = nearest(model.space.places(theirs), model.cells.centre, rows.size)
    before = weight[unknown]
    weight = weight.copy()
    weight[unknown] = weigh(theirs, unknown, cell, model.rates, model.references)
    if ((weight[unknown] >= HEAVY) == (before >= HEAVY)).all():
        return replace(model, weight=weight)
    again = Former(former.shown, former.people, former.votes)
    model = learn_again(rows, own_lot, weight, model.space.factors, again)
    former.proposals, former.proposed_at, former.changed = again.proposals, again.proposed_at, again.changed
    return model


def _known_weights(votes: Votes, previous: Landscape) -> NDArray[np.int64]:
    """(people,): the former weight of everybody who has not answered much more since, -1 for the others."""
    before = index_of(previous.participants, votes.participants)
    then = previous.votes.rows.answers[before]
    steps = np.rint(previous.weight[before] * WEIGHT_STEPS).astype(np.int64)
    # Nothing is a weight too, that of one among a great many twins; who did not shape the picture had none.
    had = (before >= 0) & who_shapes(previous.votes)[before]
    return np.where(had & (_stage(votes.rows.answers) == _stage(then)), steps, UNKNOWN)


def _stage(answers: NDArray[np.int64]) -> NDArray[np.float64]:
    """(people,): rises with every eighth more answers, however few come at a time; none before twins can be told."""
    return np.floor(6 * np.log2(np.maximum(answers, FEWEST_COMMON - 1)))


def _carried(votes: Votes, rows: Rows, previous: Landscape, rank: int) -> Factors:
    """The former factors of the statements there are now; a new one starts with none.

    An axis that tells nobody apart would never begin to: it starts as in a cold fit.
    """
    model = previous.model
    assert model is not None  # noqa: S101 - asked before
    factors = model.space.factors
    before = index_of(previous.statements, votes.statements)
    old = before >= 0
    statement = _as_wide(np.where(old[:, None], factors.statement[before], 0.0), rank)
    begun = start_of(rows, statement.shape[1], np.full(rows.people, WEIGHT_STEPS, dtype=np.int64))
    statement = np.where(statement.any(axis=0), statement, begun.statement)
    return Factors(np.zeros((0, statement.shape[1])), statement, np.where(old, factors.offset[before], 0.0))


def _as_wide(rows: NDArray[np.float64], wide: int) -> NDArray[np.float64]:
    """The rows with axes of nothing added, up to `wide` in all."""
    return np.pad(rows, ((0, 0), (0, max(0, wide - rows.shape[1]))))


def former_groups(votes: Votes, previous: Landscape, shapes: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(people,): the group each was shown in before, -1 = none."""
    before = index_of(previous.participants, votes.participants)
    return np.where((before >= 0) & shapes, previous.assignment[before], NOT_PLACED)


def sticky(posterior: NDArray[np.float64], fresh: NDArray[np.int64], former: NDArray[np.int64]) -> NDArray[np.int64]:
    """(people,): the group shown, in the light of the one shown before."""
    had = former >= 0
    own = posterior[np.arange(len(former)), np.maximum(former, 0)]
    best = posterior.argmax(axis=1)
    most = posterior.max(axis=1)
    moves = (best != former) & (most >= CERTAIN) & (np.log(most + 1e-9) - np.log(own + 1e-9) >= CLEARLY)
    kept = np.where(own >= STAYS, former, NOT_PLACED)
    return np.where(had, np.where(moves, best, kept), fresh)


def _labels(grouping: Grouping, evidence: Evidence) -> NDArray[np.int64]:
    return grouping.posterior(evidence).argmax(axis=1)
