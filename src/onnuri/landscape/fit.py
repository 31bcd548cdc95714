"""From votes to a landscape: space, groups, figures, common ground, divides.

Two uses, never mixed: `fit(votes)` is cold and memoryless, hangs on the votes alone and decides; `fit(votes,
previous=...)` is warm: the same result with groups that keep their name and a picture that does not flip.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.optimize import linear_sum_assignment

from onnuri.landscape.figures import Figures, count, count_by, count_groups
from onnuri.landscape.floor import Floor, neighbourhood_floor
from onnuri.landscape.groups import Groups, find_groups
from onnuri.landscape.mixture import evidence_of
from onnuri.landscape.predict import Prediction, fit_prediction
from onnuri.landscape.space import Space, procrustes
from onnuri.landscape.twins import weigh
from onnuri.vocabulary import METHOD_VERSION, NOT_PLACED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

    from onnuri.landscape.votes import Votes

DIMENSIONS: Final = 4
FEWEST_VOTES: Final = 7
"""Who answered fewer is not placed: their position would be mostly our guess."""
SEEN_BY: Final = 12
TESTED_SHARE: Final = 0.08


@dataclass(frozen=True, eq=False)
class Landscape:
    """The computed picture of all votes at one moment; immutable.

    `weight` (people,): how much each shapes space, groups and floor; twins share one vote of it, counts never change.
    `assignment` (people,): group index, -1 = not yet placed. `group_ids` (k,): the lasting id 1..5 of each index.
    `x`, `y` (people,): the picture, at most 1 from the middle. `floor` (statements,): the neighbourhood floor.
    """

    votes: Votes
    weight: NDArray[np.float64]
    k: int
    loose: bool
    assignment: NDArray[np.int64]
    posterior: NDArray[np.float64]
    group_ids: tuple[int, ...]
    space: Space | None
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    shown_variance: float
    floor: NDArray[np.float64]
    outside: Mapping[int, dict[str, int]]
    everyone: Figures
    by_group: tuple[Figures, ...]
    by_channel: Mapping[str, Figures]
    by_trait: Mapping[str, Mapping[str, Figures]]
    threshold: float

    @property
    def participants(self) -> NDArray[np.int64]:
        """Ids, (people,)."""
        return self.votes.participants

    @property
    def statements(self) -> NDArray[np.int64]:
        """Ids, (statements,)."""
        return self.votes.statements

    @cached_property
    def _prediction(self) -> Prediction:
        return fit_prediction(self.votes.opinions(), self.votes.is_trusted().astype(np.float64))

    def probability(self, participants: ArrayLike, statements: ArrayLike) -> NDArray[np.float64]:
        """P(agree | agrees or disagrees), elementwise by ids; unknown ones get the base rate."""
        return self._prediction.probability(
            _index(self.participants, participants), _index(self.statements, statements)
        )

    def tested_groups(self) -> list[int]:
        """Indices of the groups large enough to be asked: max(12, 8 % of the people placed).

        Without any, all people together stand in as one.
        """
        placed = int((self.assignment != NOT_PLACED).sum())
        least = max(SEEN_BY, TESTED_SHARE * placed)
        return [g for g, figures in enumerate(self.by_group) if figures.people >= least]

    def _tested(self) -> list[Figures]:
        return [self.by_group[g] for g in self.tested_groups()] or [self._trusted]

    @cached_property
    def _trusted(self) -> Figures:
        return count(self.votes, self.votes.is_trusted())

    @cached_property
    def seen_enough(self) -> NDArray[np.bool_]:
        """(statements,): answered by at least 12 in every tested group."""
        return np.all([f.n >= SEEN_BY for f in self._tested()], axis=0)

    @cached_property
    def weakest(self) -> NDArray[np.float64]:
        """(statements,): the lowest observed support among the tested groups."""
        return np.min([f.support for f in self._tested()], axis=0)

    @cached_property
    def common_ground(self) -> list[int]:
        """Ids whose floor and every tested group's support reach the threshold, best floor first."""
        reached = (self.floor >= self.threshold) & (self.weakest >= self.threshold) & self.seen_enough
        return self.by_floor(np.flatnonzero(reached))

    def by_floor(self, columns: NDArray[np.int64]) -> list[int]:
        """Statement ids of `columns`, best floor first; ties by weakest support, then by hash of the id."""
        order = sorted(
            columns.tolist(),
            key=lambda c: (-self.floor[c], -self.weakest[c], tie_break(int(self.statements[c]))),
        )
        return [int(self.statements[c]) for c in order]

    @cached_property
    def divisive(self) -> list[int]:
        """Ids on which two tested groups stand apart beyond doubt, widest gap first."""
        tested = self.tested_groups()
        if len(tested) < 2:  # noqa: PLR2004 - it takes two to differ
            return []
        bounds = [self.by_group[g].bounds() for g in tested]
        seen = [self.by_group[g].n >= SEEN_BY for g in tested]
        gap = np.full(len(self.statements), -1.0)
        for one, (low, _) in enumerate(bounds):
            for two, (_, high) in enumerate(bounds):
                if one != two:
                    gap = np.maximum(gap, np.where(seen[one] & seen[two], low - high, -1.0))
        columns = np.flatnonzero(gap > 0).tolist()
        columns.sort(key=lambda c: (-gap[c], tie_break(int(self.statements[c]))))
        return [int(self.statements[c]) for c in columns]

    @cached_property
    def needs_votes(self) -> list[int]:
        """Ids that too few have answered in some tested group, fewest answers first."""
        columns = np.flatnonzero(~self.seen_enough).tolist()
        columns.sort(key=lambda c: (int(self.everyone.n[c]), int(self.statements[c])))
        return [int(self.statements[c]) for c in columns]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of everything that decides, canonically written; floats to 1e-6."""
        content = {
            "method": METHOD_VERSION,
            "k": self.k,
            "loose": self.loose,
            "participants": self.participants.tolist(),
            "assignment": self.assignment.tolist(),
            "statements": self.statements.tolist(),
            "weight": np.rint(self.weight * 64).astype(np.int64).tolist(),
            "floor": np.rint(self.floor * 1e6).astype(np.int64).tolist(),
            "groups": [[f.agree.tolist(), f.passed.tolist(), f.disagree.tolist()] for f in self.by_group],
            "common_ground": self.common_ground,
            "divisive": self.divisive,
        }
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()

    def column(self, statement: int) -> int:
        """The column of a statement id, or -1."""
        return int(_index(self.statements, [statement])[0])


def fit(votes: Votes, previous: Landscape | None = None, *, threshold: float = 0.5) -> Landscape:
    """Compute the landscape of `votes`.

    Args:
        votes: canonical votes.
        previous: the last published landscape: its names and its picture are kept where they still fit.
        threshold: what common ground must reach, floor and every tested group alike.

    >>> from onnuri.landscape.votes import Votes
    >>> fit(Votes(participant=[1, 2], statement=[5, 5], value=[1, -1])).k
    1
    """
    cold = _cold(votes, threshold)
    return cold if previous is None else _keep_names(cold, previous)


def _cold(votes: Votes, threshold: float) -> Landscape:
    people, statements = votes.shape
    trusted = votes.is_trusted()
    voted = votes.matrix()
    eligible = _eligible(voted, statements)
    shapes = trusted & eligible
    weight, space = _space(votes, shapes)
    floor = _floor(votes, voted, space, weight)
    groups = _groups(votes, space, weight)
    x, y, shown = _picture(space, people)
    return Landscape(
        votes=votes,
        weight=weight,
        k=groups.k,
        loose=groups.loose,
        assignment=groups.assignment,
        posterior=groups.posterior,
        group_ids=tuple(range(1, groups.k + 1)),
        space=space,
        x=x,
        y=y,
        shown_variance=shown,
        floor=floor.score,
        outside=_outside(votes, floor),
        everyone=count(votes, np.ones(people, dtype=bool)),
        by_group=tuple(count_groups(votes, groups.assignment, groups.k)),
        by_channel={c: count(votes, votes.channels() == c) for c in sorted(set(votes.channels().tolist()))},
        by_trait={name: count_by(votes, values) for name, values in votes.traits.items()},
        threshold=threshold,
    )


def _eligible(voted: Any, statements: int) -> NDArray[np.bool_]:  # noqa: ANN401 - scipy's sparse arrays
    answers = np.asarray(voted.sum(axis=1)).ravel()
    return answers >= min(FEWEST_VOTES, max(statements, 1))


def _space(votes: Votes, shapes: NDArray[np.bool_]) -> tuple[NDArray[np.float64], Space | None]:
    """The space, and the weight everybody has in it."""
    rank = min(DIMENSIONS, min(votes.shape) - 1)
    if rank < 1 or shapes.sum() < 2:  # noqa: PLR2004 - one person spans no space
        return shapes.astype(np.float64), None
    return weigh(votes.opinions(), shapes, rank)


def _floor(
    votes: Votes,
    voted: Any,  # noqa: ANN401 - scipy's sparse arrays
    space: Space | None,
    weight: NDArray[np.float64],
) -> Floor:
    place = np.zeros((votes.shape[0], 1)) if space is None else space.place
    return neighbourhood_floor(place, votes.matrix(1), voted, weight)


def _groups(votes: Votes, space: Space | None, weight: NDArray[np.float64]) -> Groups:
    people = votes.shape[0]
    if space is None:
        return Groups(1, False, np.where(weight > 0, 0, NOT_PLACED), np.ones((people, 1)))
    shapes = np.flatnonzero(weight > 0)
    evidence = evidence_of(votes.opinions(), space, weight)
    found = find_groups(evidence.of(shapes))
    assignment = np.full(people, NOT_PLACED)
    posterior = np.zeros((people, found.k))
    assignment[shapes], posterior[shapes] = found.assignment, found.posterior
    return Groups(found.k, found.loose, assignment, posterior)


def _picture(space: Space | None, people: int) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    if space is None:
        return np.zeros(people), np.zeros(people), 0.0
    plane = np.zeros((people, 2))
    plane[:, : min(2, space.place.shape[1])] = space.place[:, :2]
    reach = max(float(np.quantile(np.hypot(*plane.T), 0.98)), 1e-6)
    plane = plane / np.maximum(np.hypot(*plane.T)[:, None] / reach, 1.0) / reach
    plane = np.round(plane, 6)
    return plane[:, 0], plane[:, 1], float(space.variance[:2].sum() / max(space.variance.sum(), 1e-12))


def _outside(votes: Votes, floor: Floor) -> dict[int, dict[str, int]]:
    """Who lives where a statement has less than its floor, and what they said of it: per statement column."""
    told = votes.matrix().tocsr().copy()
    told.data = np.asarray(votes.value)[np.lexsort((votes.column, votes.row))].astype(np.float64) + 2
    dense_rows = told[floor.places].toarray() if len(floor.places) else np.zeros((0, votes.shape[1]))
    found = {}
    for column in range(votes.shape[1]):
        said = dense_rows[floor.outside[:, column], column]
        found[column] = {
            "people": len(said),
            "agree": int((said == 3).sum()),  # noqa: PLR2004 - the vote plus two
            "pass": int((said == 2).sum()),  # noqa: PLR2004
            "disagree": int((said == 1).sum()),
        }
    return found


def _keep_names(landscape: Landscape, previous: Landscape) -> Landscape:
    """Give each group the lasting id of the former group it shares most people with, and turn the picture."""
    both = np.intersect1d(landscape.participants, previous.participants)
    now = _index(landscape.participants, both)
    then = _index(previous.participants, both)
    shared = np.zeros((landscape.k, previous.k))
    for one, two in zip(landscape.assignment[now], previous.assignment[then], strict=True):
        if NOT_PLACED not in {one, two}:
            shared[one, two] += 1
    ids = _matched_ids(shared, previous.group_ids)
    old = np.column_stack([previous.x[then], previous.y[then]])
    new = np.column_stack([landscape.x, landscape.y])
    turned = new @ procrustes(new[now], old) if len(both) else new
    return replace(landscape, group_ids=ids, x=np.round(turned[:, 0], 6), y=np.round(turned[:, 1], 6))


def _matched_ids(shared: NDArray[np.float64], former: tuple[int, ...]) -> tuple[int, ...]:
    rows, columns = linear_sum_assignment(-shared)
    taken = {int(r): former[c] for r, c in zip(rows, columns, strict=True) if shared[r, c] > 0}
    free = [i for i in range(1, 6) if i not in taken.values()]
    return tuple(taken.get(g) or free.pop(0) for g in range(shared.shape[0]))


def _index(ids: NDArray[np.int64], wanted: ArrayLike) -> NDArray[np.int64]:
    wanted = np.asarray(wanted, dtype=np.int64).ravel()
    if not len(ids):
        return np.full(len(wanted), -1)
    at = np.clip(np.searchsorted(ids, wanted), 0, len(ids) - 1)
    return np.where(ids[at] == wanted, at, -1)


def tie_break(statement: int, salt: str = "") -> str:
    """Ties fall by hash: by id alone the seeds, which come first, would always win."""
    return hashlib.sha256(f"{salt}/{statement}".encode()).hexdigest()
