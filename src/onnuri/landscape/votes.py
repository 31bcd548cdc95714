"""The votes of one conversation as columns, and nothing else.

A `Votes` is canonical: the last vote of a pair counts, rows are sorted by (participant, statement), and
moderated-out statements have left it whole. A missing vote is simply not there; a pass is a row of value 0.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from onnuri.vocabulary import VOTE_VALUES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import ArrayLike, NDArray

Ints = "NDArray[np.int64]"
CHANNEL_NAMES = ("hall", "online", "open")


@dataclass(frozen=True, eq=False)
class Votes:
    """Votes in canonical order.

    Args:
        participant: ids, shape (v,), integers >= 0.
        statement: ids, shape (v,), integers >= 0.
        value: 1 agree, 0 pass, -1 disagree, shape (v,).
        trusted: ids of participants who came by ticket or code; None = all. Only they shape groups.
        channel: participant id -> hall, online or open; None = all online.
        traits: trait name -> participant id -> value, self-declared.
        texts: statement id -> text.
        ignored: what was left out while reading, reason -> number of rows.

    Raises:
        ValueError: columns of different length, a value that is no vote, a negative id.

    >>> votes = Votes(participant=[7, 7, 2], statement=[1, 1, 1], value=[1, -1, 0])
    >>> votes.participants.tolist(), votes.value.tolist()
    ([2, 7], [0, -1])
    """

    participant: ArrayLike
    statement: ArrayLike
    value: ArrayLike
    trusted: frozenset[int] | None = None
    channel: Mapping[int, str] | None = None
    traits: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    texts: Mapping[int, str] = field(default_factory=dict)
    ignored: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        people, statements, values = _columns(self.participant, self.statement, self.value)
        people, statements, values = _last_of_each_pair(people, statements, values)
        ids, row = np.unique(people, return_inverse=True)
        statement_ids, column = np.unique(statements, return_inverse=True)
        for name, content in (
            ("participant", people),
            ("statement", statements),
            ("value", values.astype(np.int8)),
            ("participants", ids),
            ("statements", statement_ids),
            ("row", row.astype(np.int64)),
            ("column", column.astype(np.int64)),
        ):
            content.setflags(write=False)
            object.__setattr__(self, name, content)

    participants: NDArray[np.int64] = field(init=False, repr=False)
    statements: NDArray[np.int64] = field(init=False, repr=False)
    row: NDArray[np.int64] = field(init=False, repr=False)
    column: NDArray[np.int64] = field(init=False, repr=False)

    @staticmethod
    def read(source: str | Path) -> Votes:
        """Read any EXPORT form: a folder with votes.csv or participants-votes.csv, or a record.

        Raises:
            BadInput: names file, row and reason.
        """
        from onnuri.landscape.export import read_votes  # noqa: PLC0415 - reading is above the value it makes

        return read_votes(source)

    def __len__(self) -> int:
        return int(np.asarray(self.value).shape[0])

    @property
    def shape(self) -> tuple[int, int]:
        """(people, statements)."""
        return len(self.participants), len(self.statements)

    def matrix(self, value: int | None = None) -> sparse.csr_array:
        """People x statements with 1 where the vote is `value`; None = wherever there is a vote."""
        mine = slice(None) if value is None else np.asarray(self.value) == value
        row, column = self.row[mine], self.column[mine]
        return sparse.csr_array((np.ones(len(row)), (row, column)), shape=self.shape)

    def opinions(self) -> sparse.csr_array:
        """People x statements with +1 and -1; passes stay out of the geometry."""
        told = np.asarray(self.value) != 0
        values = np.asarray(self.value)[told].astype(np.float64)
        return sparse.csr_array((values, (self.row[told], self.column[told])), shape=self.shape)

    def is_trusted(self) -> NDArray[np.bool_]:
        """Shape (people,): who may shape space and groups."""
        if self.trusted is None:
            return np.ones(len(self.participants), dtype=bool)
        return np.isin(self.participants, np.fromiter(self.trusted, dtype=np.int64, count=len(self.trusted)))

    def channels(self) -> NDArray[np.str_]:
        """Shape (people,): hall, online or open."""
        if self.channel is None:
            return np.full(len(self.participants), "online")
        return np.array([self.channel.get(int(p), "online") for p in self.participants], dtype="<U8")


def _columns(
    participant: ArrayLike, statement: ArrayLike, value: ArrayLike
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    columns = tuple(_integers(c) for c in (participant, statement, value))
    if len({len(c) for c in columns}) != 1:
        raise ValueError("participant, statement and value must have the same length")
    people, statements, values = columns
    if not np.isin(values, VOTE_VALUES).all():
        raise ValueError("a vote is 1, 0 or -1")
    if (people < 0).any() or (statements < 0).any():
        raise ValueError("ids are integers from 0")
    return people, statements, values


def _integers(column: ArrayLike) -> NDArray[np.int64]:
    given = np.asarray(column)
    if given.size == 0:
        return np.zeros(0, dtype=np.int64)
    if given.dtype.kind not in "iu":
        raise ValueError("ids and votes are integers")
    return given.astype(np.int64).ravel()


def _last_of_each_pair(
    people: NDArray[np.int64], statements: NDArray[np.int64], values: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    order = np.lexsort((np.arange(len(people)), statements, people))
    people, statements, values = people[order], statements[order], values[order]
    last = np.ones(len(people), dtype=bool)
    last[:-1] = (people[1:] != people[:-1]) | (statements[1:] != statements[:-1])
    return people[last], statements[last], values[last]


def concatenate(parts: Sequence[Votes]) -> Votes:
    """One `Votes` of several parts; later parts win."""
    return Votes(
        participant=np.concatenate([np.asarray(p.participant) for p in parts]),
        statement=np.concatenate([np.asarray(p.statement) for p in parts]),
        value=np.concatenate([np.asarray(p.value) for p in parts]),
    )
