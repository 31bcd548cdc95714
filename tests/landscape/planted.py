"""Made-up halls whose groups are known, so that what is found can be held against what was planted."""

from dataclasses import dataclass, replace

import numpy as np

from onnuri.landscape import Votes, fit
from onnuri.landscape.figures import count_groups
from onnuri.landscape.votes import Rows

SHARED = 6
"""Everybody leans towards the first few statements: there is something to agree on."""


@dataclass(frozen=True, eq=False)
class Hall:
    """Columns of votes, the planted group of person 1, 2, ..., and how each group leans on statement 1, 2, ..."""

    participant: np.ndarray
    statement: np.ndarray
    value: np.ndarray
    group: np.ndarray
    lean: np.ndarray

    @property
    def people(self):
        return range(1, len(self.group) + 1)

    @property
    def shared(self):
        """The statements to which every group leans."""
        return {statement for statement, lean in enumerate(self.lean.T, start=1) if (lean == 1).all()}

    @property
    def rows(self):
        return list(zip(self.participant.tolist(), self.statement.tolist(), self.value.tolist(), strict=True))

    def votes(self, **about):
        return Votes(participant=self.participant, statement=self.statement, value=self.value, **about)

    def joined_by(self, rows, **about):
        """The same hall with more rows of (participant, statement, value)."""
        more = np.array(rows, dtype=np.int64).reshape(-1, 3).T
        return Votes(
            participant=np.concatenate([self.participant, more[0]]),
            statement=np.concatenate([self.statement, more[1]]),
            value=np.concatenate([self.value, more[2]]),
            **about,
        )

    def shuffled(self, seed):
        order = np.random.Generator(np.random.PCG64(seed)).permutation(len(self.value))
        return Votes(participant=self.participant[order], statement=self.statement[order], value=self.value[order])


def hall(groups, *, people=150, statements=30, answered=0.8, noise=0.2, seed=0):
    """People in equal groups; a group leans one way on each statement, a person strays with chance `noise`."""
    draw = np.random.Generator(np.random.PCG64(seed))
    group = np.arange(people) % groups
    lean = draw.choice([-1, 1], size=(groups, statements))
    lean[:, :SHARED] = 1
    said = np.where(draw.random((people, statements)) < noise, -lean[group], lean[group])
    said[draw.random(said.shape) < 0.05] = 0
    row, column = np.nonzero(draw.random(said.shape) < answered)
    return Hall(row + 1, column + 1, said[row, column], group, lean)


def grouped(groups, rows=None, **about):
    """A landscape whose groups are as told, for persons 1, 2, ...: index of a group, or -1 = not yet placed.

    Args:
        groups: one index a person.
        rows: (participant, statement, value); None = everybody agrees with statement 1.
        about: what else is told about it, for instance its floor.
    """
    rows = rows or [(person, 1, 1) for person in range(1, len(groups) + 1)]
    columns = np.array(rows, dtype=np.int64).T
    votes = Votes(participant=columns[0], statement=columns[1], value=columns[2], trusted=about.pop("trusted", None))
    index = dict(enumerate(groups, start=1))
    assignment = np.array([index[p] for p in votes.participants.tolist()], dtype=np.int64)
    k = max(1, max(groups) + 1)
    return replace(
        fit(votes),
        k=k,
        assignment=assignment,
        group_ids=tuple(range(1, k + 1)),
        by_group=tuple(count_groups(votes, assignment, k)),
        **about,
    )


def rows_of(opinions):
    """Rows of a table of +1 and -1; 0 = did not vote."""
    person, statement = np.nonzero(opinions)
    starts = np.concatenate([[0], np.cumsum((opinions != 0).sum(axis=1))])
    return Rows(starts, statement.astype(np.int32), opinions[person, statement].astype(np.int8), opinions.shape[1])
