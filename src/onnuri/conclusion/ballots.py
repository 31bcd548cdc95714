"""Ballots: O, pass or X of each person on each candidate. Never a vote of a round."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from onnuri.vocabulary import AGREE, DISAGREE, PASS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from onnuri.landscape.landscape import Landscape

Basis = Literal["balloted", "observed", "imputed", "simulated"]
MISSING: Final = 2
"""Marks a cell nobody filled. Kept apart from a pass."""


@dataclass(frozen=True, eq=False)
class Ballots:
    """What people said of the candidates.

    Args:
        people: ids, (n,), sorted.
        lines: candidate ids, (m,).
        value: (n, m): 1, 0, -1 or MISSING.
        channel: (n,) hall, online or open.
        basis: where they come from.
        imputed: (n, m) True where the value was predicted, not given.
    """

    people: NDArray[np.int64]
    lines: NDArray[np.int64]
    value: NDArray[np.int8]
    channel: NDArray[np.str_]
    basis: Basis = "balloted"
    imputed: NDArray[np.bool_] | None = None

    @staticmethod
    def of_rows(
        rows: Sequence[tuple[int, int, int]],
        lines: Sequence[int],
        channel: dict[int, str],
        basis: Basis = "balloted",
    ) -> Ballots:
        """Ballots of (person, line, value) rows; the last of a pair counts, other lines are ignored."""
        wanted = {line: column for column, line in enumerate(lines)}
        kept = [r for r in rows if r[1] in wanted]
        people = sorted({r[0] for r in kept})
        row = {person: index for index, person in enumerate(people)}
        value = np.full((len(people), len(lines)), MISSING, dtype=np.int8)
        for person, line, vote in kept:
            value[row[person], wanted[line]] = vote
        return Ballots(
            people=np.array(people, dtype=np.int64),
            lines=np.array(lines, dtype=np.int64),
            value=value,
            channel=np.array([channel.get(p, "online") for p in people], dtype="<U8"),
            basis=basis,
        )

    def of(self, members: NDArray[np.bool_]) -> Ballots:
        """The ballots of some of the people."""
        imputed = None if self.imputed is None else self.imputed[members]
        return Ballots(
            self.people[members], self.lines, self.value[members], self.channel[members], self.basis, imputed
        )

    def on(self, lines: Sequence[int]) -> Ballots:
        """The ballots on some of the lines."""
        mine = np.isin(self.lines, lines)
        imputed = None if self.imputed is None else self.imputed[:, mine]
        return Ballots(self.people, self.lines[mine], self.value[:, mine], self.channel, self.basis, imputed)

    def approvals(self) -> NDArray[np.bool_]:
        """(n, m): who agrees with what."""
        return self.value == AGREE

    def counts(self, column: int, members: NDArray[np.bool_] | None = None) -> dict[str, int]:
        """O, pass and X of one candidate among `members`."""
        said = self.value[:, column] if members is None else self.value[members, column]
        return {
            "agree": int((said == AGREE).sum()),
            "pass": int((said == PASS).sum()),
            "disagree": int((said == DISAGREE).sum()),
        }


def complete_from_votes(landscape: Landscape, lines: Sequence[int]) -> Ballots:
    """Ballots for an EXPORT: what was voted stands, what is missing is predicted and marked imputed.

    Only people with a place in the space are filled in: of the others we know too little.
    """
    people = np.flatnonzero(landscape.assignment >= 0)
    columns = np.array([landscape.column(line) for line in lines], dtype=np.int64)
    dense = np.full((len(landscape.participants), len(lines)), MISSING, dtype=np.int8)
    where = np.full(len(landscape.statements), -1)
    where[columns] = np.arange(len(columns))
    row, column, vote = landscape.votes.rows.flat
    mine = where[column] >= 0
    dense[row[mine], where[column[mine]]] = vote[mine]
    value = dense[people]
    missing = value == MISSING
    at, line = np.nonzero(missing)
    chance = landscape.probability(landscape.participants[people[at]], np.asarray(lines, dtype=np.int64)[line])
    value[at, line] = np.where(np.round(chance, 6) >= 0.5, AGREE, DISAGREE)  # noqa: PLR2004 - more likely than not
    return Ballots(
        people=landscape.participants[people],
        lines=np.asarray(lines, dtype=np.int64),
        value=value,
        channel=landscape.votes.channels()[people],
        basis="imputed",
        imputed=missing,
    )
