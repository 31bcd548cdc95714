"""The computed picture of all votes at one moment, and what follows from it: common ground, divides."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from onnuri.landscape.figures import Figures, count, count_groups
from onnuri.landscape.grid import WEIGHT_STEPS
from onnuri.landscape.predict import Prediction, fit_prediction
from onnuri.vocabulary import METHOD_VERSION, NOT_PLACED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

    from onnuri.landscape.model import Model
    from onnuri.landscape.votes import Votes

Proposal = tuple[int, bool]
"""How many groups a refresh would have found, and whether they are those on show."""
SEEN_BY: Final = 12
TESTED_SHARE: Final = 0.08
OWN_VOICE: Final = 0.5
"""Accounts of less weight answer as one with others."""


@dataclass(frozen=True, eq=False)
class Landscape:
    """The computed picture of all votes at one moment; immutable.

    `weight` (people,): how much each shapes space, groups and floor; twins share one vote of it, counts never change.
    `model`: what was learned, None where nobody can be told apart; `place` (people, d): where each stands in its space.
    `assignment` (people,): group index, -1 = not yet placed. `group_ids` (k,): the lasting id 1..5 of each index.
    `x`, `y` (people,): the picture, at most 1 from the middle. `floor` (statements,): the neighbourhood floor.
    `ticket_floor` (statements,): the floor that ticket-holders alone make, where there are many of them and open voices
    too; None elsewhere, and in a warm picture, which decides nothing.
    `proposals`: how many groups the last refreshes would have found, the last at `proposed_at` votes; `changed`: what a
    refresh has to announce.
    """

    votes: Votes
    weight: NDArray[np.float64]
    k: int
    loose: bool
    assignment: NDArray[np.int64]
    posterior: NDArray[np.float64]
    group_ids: tuple[int, ...]
    model: Model | None
    place: NDArray[np.float64]
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
    ticket_floor: NDArray[np.float64] | None = None
    proposals: tuple[Proposal, ...] = ()
    proposed_at: int = 0
    changed: str | None = None

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
        return fit_prediction(self.votes.rows, self.votes.is_trusted())

    def probability(self, participants: ArrayLike, statements: ArrayLike) -> NDArray[np.float64]:
        """P(agree | agrees or disagrees), elementwise by ids; unknown ones get the base rate."""
        return self._prediction.probability(
            index_of(self.participants, participants), index_of(self.statements, statements)
        )

    def tested_groups(self) -> list[int]:
        """Indices of the groups large enough to be asked: max(12, 8 % of the people placed).

        Without any, all people together stand in as one.
        """
        placed = int((self.assignment != NOT_PLACED).sum())
        least = max(SEEN_BY, TESTED_SHARE * placed)
        return [g for g, figures in enumerate(self.by_group) if figures.people >= least]

    @cached_property
    def _tested(self) -> list[Figures]:
        """What tested groups say without accounts that answer as one: a brigade has no veto; counts shown keep it."""
        own_voice = self.weight >= OWN_VOICE
        if not (tested := self.tested_groups()):
            return [count(self.votes, self.votes.is_trusted())]
        if own_voice[self.assignment >= 0].all():
            return [self.by_group[g] for g in tested]
        heard = count_groups(self.votes, np.where(own_voice, self.assignment, NOT_PLACED), self.k)
        return [heard[g] for g in tested]

    @cached_property
    def seen_enough(self) -> NDArray[np.bool_]:
        """(statements,): answered by at least 12 in every tested group."""
        return np.all([f.n >= SEEN_BY for f in self._tested], axis=0)

    @cached_property
    def weakest(self) -> NDArray[np.float64]:
        """(statements,): the lowest observed support among the tested groups."""
        return np.min([f.support for f in self._tested], axis=0)

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
        head = {
            "method": METHOD_VERSION,
            "k": self.k,
            "loose": self.loose,
            "common_ground": self.common_ground,
            "divisive": self.divisive,
        }
        found = hashlib.sha256(json.dumps(head, sort_keys=True, separators=(",", ":")).encode())
        for column in (
            self.participants,
            self.assignment,
            self.statements,
            np.rint(self.weight * WEIGHT_STEPS),
            np.rint(self.floor * 1e6),
            *(() if self.ticket_floor is None else (np.rint(self.ticket_floor * 1e6),)),
            *(c for f in self.by_group for c in (f.agree, f.passed, f.disagree)),
        ):
            found.update(len(column).to_bytes(8, "little"))
            found.update(np.ascontiguousarray(column, dtype="<i8").tobytes())
        return "sha256:" + found.hexdigest()

    def column(self, statement: int) -> int:
        """The column of a statement id, or -1."""
        return int(index_of(self.statements, [statement])[0])


def index_of(ids: NDArray[np.int64], wanted: ArrayLike) -> NDArray[np.int64]:
    """Where each wanted id stands among sorted ids, -1 = nowhere."""
    wanted = np.asarray(wanted, dtype=np.int64).ravel()
    if not len(ids):
        return np.full(len(wanted), -1)
    at = np.clip(np.searchsorted(ids, wanted), 0, len(ids) - 1)
    return np.where(ids[at] == wanted, at, -1)


def tie_break(statement: int, salt: str = "") -> str:
    """Ties fall by hash: by id alone the seeds, which come first, would always win."""
    return hashlib.sha256(f"{salt}/{statement}".encode()).hexdigest()
