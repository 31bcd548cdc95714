"""The votes of one conversation as columns, and nothing else.

A `Votes` is canonical: the last vote of a pair counts, rows are sorted by (participant, statement), and
moderated-out statements have left it whole. A missing vote is simply not there; a pass is a row of value 0.
At rest a vote takes three bytes: two for its statement, one for its value.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import sparse

from onnuri.landscape.large import compiled

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import ArrayLike, NDArray

CHANNEL_NAMES = ("hall", "online", "open")
BITS: Final = 63
"""What fits into one sortable integer."""
BLOCK: Final = 1 << 22
"""Votes that are unpacked at a time."""


@dataclass(frozen=True, eq=False)
class Rows:
    """The votes of some people, row by row, without their ids.

    `starts` (people + 1,): where each person's votes begin in `column` and `value`.
    """

    starts: NDArray[np.int64]
    column: NDArray[np.integer]
    value: NDArray[np.int8]
    statements: int

    @property
    def people(self) -> int:
        """How many people there are."""
        return len(self.starts) - 1

    @property
    def size(self) -> int:
        """How many votes there are."""
        return int(self.starts[-1] - self.starts[0])

    @cached_property
    def answers(self) -> NDArray[np.int64]:
        """(people,): how many statements each has answered."""
        return np.diff(self.starts)

    @property
    def flat(self) -> tuple[NDArray[np.int64], NDArray[np.integer], NDArray[np.int8]]:
        """Row, column and value of every vote."""
        mine = slice(int(self.starts[0]), int(self.starts[-1]))
        return np.repeat(np.arange(self.people), self.answers), self.column[mine], self.value[mine]

    def part(self, begin: int, end: int) -> Rows:
        """The people begin .. end - 1; nothing is copied."""
        return Rows(self.starts[begin : end + 1], self.column, self.value, self.statements)

    def some(self, people: NDArray[np.int64]) -> Rows:
        """The votes of some of the people, in the order given."""
        if len(people) == self.people and (people == np.arange(self.people)).all():
            return self
        length = self.answers[people]
        starts = np.concatenate([[0], np.cumsum(length)])
        if (fast := compiled(int(starts[-1]))) is not None:
            column, value = np.empty(starts[-1], dtype=self.column.dtype), np.empty(starts[-1], dtype=np.int8)
            fast.some(self.starts[people], self.column, self.value, starts, column, value)
            return Rows(starts, column, value, self.statements)
        at = np.repeat(self.starts[people] - starts[:-1], length) + np.arange(starts[-1])
        return Rows(starts, self.column[at], self.value[at], self.statements)

    @cached_property
    def told(self) -> sparse.csr_array:
        """People x statements, 1 where somebody agreed or disagreed; a pass is 0."""
        return self._matrix(np.abs(self.flat[2]))

    @cached_property
    def signed(self) -> sparse.csr_array:
        """People x statements, the votes themselves."""
        return self._matrix(self.flat[2])

    def _matrix(self, values: NDArray[np.int8]) -> sparse.csr_array:
        starts = self.starts - self.starts[0]
        column = self.flat[1].astype(np.int32)
        shape = (self.people, self.statements)
        return sparse.csr_array((values.astype(np.int64), column, starts), shape=shape)


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

    Attributes:
        participants, statements: the ids, sorted.
        rows: the votes by row of `participants` and column of `statements`.

    Raises:
        ValueError: columns of different length, a value that is no vote, a negative id.

    >>> votes = Votes(participant=[7, 7, 2], statement=[1, 1, 1], value=[1, -1, 0])
    >>> votes.participants.tolist(), votes.value.tolist()
    ([2, 7], [0, -1])
    """

    participants: NDArray[np.int64]
    statements: NDArray[np.int64]
    rows: Rows

    def __init__(
        self,
        participant: ArrayLike,
        statement: ArrayLike,
        value: ArrayLike,
        trusted: frozenset[int] | None = None,
        channel: Mapping[int, str] | None = None,
        traits: Mapping[str, Mapping[int, str]] | None = None,
        texts: Mapping[int, str] | None = None,
        ignored: Mapping[str, int] | None = None,
    ) -> None:
        self.trusted, self.channel = trusted, channel
        self.traits, self.texts, self.ignored = traits or {}, texts or {}, ignored or {}
        people, statements, values = _columns(participant, statement, value)
        self.participants, row = _ranked(people)
        self.statements, column = _ranked(statements)
        self.rows = canonical(row, column, values, len(self.participants), len(self.statements))
        _keep(self)

    @classmethod
    def of_rows(cls, participants: NDArray[np.int64], statements: NDArray[np.int64], rows: Rows, like: Votes) -> Votes:
        """Votes that are canonical already; what is known besides is taken from `like`."""
        votes = cls.__new__(cls)
        votes.trusted, votes.channel = like.trusted, like.channel
        votes.traits, votes.texts, votes.ignored = like.traits, like.texts, like.ignored
        votes.participants, votes.statements, votes.rows = participants, statements, rows
        _keep(votes)
        return votes

    @staticmethod
    def read(source: str | Path) -> Votes:
        """Read any EXPORT form: a folder with votes.csv or participants-votes.csv, or a record.

        Raises:
            BadInput: names file, row and reason.
        """
        from onnuri.landscape.export import read_votes  # noqa: PLC0415 - reading is above the value it makes

        return read_votes(source)

    def joined(self, new: Votes) -> Votes:
        """These votes and newer ones, of which the last of a pair counts; nobody who did not vote anew is touched."""
        from onnuri.landscape.merge import merged, on_people  # noqa: PLC0415 - merging is above the value it makes

        statements = np.union1d(self.statements, new.statements)
        people = np.union1d(self.participants, new.participants)
        old, fresh = (on_people(_renumbered(v, statements), v.participants, people) for v in (self, new))
        votes = Votes.of_rows(people, statements, merged(old, fresh), self)
        if self.trusted is not None or new.trusted is not None:
            votes.trusted = self._named() | new._named()
        if self.channel is not None or new.channel is not None:
            votes.channel = {**(self.channel or {}), **(new.channel or {})}
        votes.traits = {t: {**self.traits.get(t, {}), **new.traits.get(t, {})} for t in {**self.traits, **new.traits}}
        votes.texts = {**self.texts, **new.texts}
        return votes

    def _named(self) -> frozenset[int]:
        return frozenset(self.participants.tolist()) if self.trusted is None else self.trusted

    def of(self, participants: NDArray[np.int64]) -> Votes:
        """The votes of some of the participants, by sorted ids; whoever has none is not among them."""
        mine = np.flatnonzero(np.isin(self.participants, participants))
        return Votes.of_rows(self.participants[mine], self.statements, self.rows.some(mine), self)

    def __len__(self) -> int:
        return self.rows.size

    @property
    def shape(self) -> tuple[int, int]:
        """(people, statements)."""
        return len(self.participants), len(self.statements)

    @property
    def row(self) -> NDArray[np.int64]:
        """(v,): the person of each vote, as a row of `participants`."""
        return self.rows.flat[0]

    @property
    def column(self) -> NDArray[np.int64]:
        """(v,): the statement of each vote, as a column of `statements`."""
        return self.rows.flat[1].astype(np.int64)

    @property
    def value(self) -> NDArray[np.int8]:
        """(v,): 1, 0 or -1."""
        return self.rows.flat[2]

    @property
    def participant(self) -> NDArray[np.int64]:
        """(v,): the id of who voted."""
        return self.participants[self.row]

    @property
    def statement(self) -> NDArray[np.int64]:
        """(v,): the id of what was voted on."""
        return self.statements[self.column]

    def is_trusted(self) -> NDArray[np.bool_]:
        """Shape (people,): who may shape space and groups."""
        if self.trusted is None:
            return np.ones(len(self.participants), dtype=bool)
        return np.isin(self.participants, np.fromiter(self.trusted, dtype=np.int64, count=len(self.trusted)))

    def has_open(self) -> bool:
        """Whether anybody voted without ticket or code."""
        if self.channel is None:
            return self.trusted is not None and not self.is_trusted().all()
        # The names first: those of a million people are not looked up one by one for nothing.
        return "open" in self.channel.values() and bool((self.channels() == "open").any())

    def by_ticket(self) -> NDArray[np.bool_]:
        """Shape (people,): who came by ticket or code, whether or not the others shape the picture too."""
        return self.is_trusted() if self.channel is None else self.channels() != "open"

    def shaped_by(self, people: NDArray[np.bool_]) -> Votes:
        """The same votes, of which only those of `people` (people,) may shape space, groups and floor."""
        votes = Votes.of_rows(self.participants, self.statements, self.rows, self)
        votes.trusted = frozenset(self.participants[people].tolist())
        return votes

    def channels(self) -> NDArray[np.str_]:
        """Shape (people,): hall, online or open."""
        if self.channel is None:
            return np.full(len(self.participants), "online")
        return np.array([self.channel.get(int(p), "online") for p in self.participants], dtype="<U8")


def _keep(votes: Votes) -> None:
    rows = votes.rows
    for content in (votes.participants, votes.statements, rows.starts, rows.column, rows.value):
        content.setflags(write=False)


def _columns(
    participant: ArrayLike, statement: ArrayLike, value: ArrayLike
) -> tuple[NDArray[np.integer], NDArray[np.integer], NDArray[np.int8]]:
    columns = tuple(_integers(c) for c in (participant, statement, value))
    if len({len(c) for c in columns}) != 1:
        raise ValueError("participant, statement and value must have the same length")
    people, statements, values = columns
    if len(values) and (values.min() < -1 or values.max() > 1):
        raise ValueError("a vote is 1, 0 or -1")
    if len(people) and (people.min() < 0 or statements.min() < 0):
        raise ValueError("ids are integers from 0")
    return people, statements, values.astype(np.int8)


def _integers(column: ArrayLike) -> NDArray[np.integer]:
    given = np.asarray(column)
    if given.size == 0:
        return np.zeros(0, dtype=np.int64)
    if given.dtype.kind not in "iu" or (given.dtype == np.uint64 and given.max() > np.iinfo(np.int64).max):
        raise ValueError("ids and votes are integers")
    return given.ravel()


def _ranked(ids: NDArray[np.integer]) -> tuple[NDArray[np.int64], NDArray[np.integer]]:
    """The sorted ids, and each one's place among them."""
    top = int(ids.max(initial=0))
    if top > 4 * len(ids) + 1024:
        found, place = np.unique(ids, return_inverse=True)
        return found.astype(np.int64), place
    there = np.zeros(top + 1, dtype=bool)
    there[ids] = True
    if not len(ids):
        there[:] = False
    found = np.flatnonzero(there)
    rank = np.zeros(top + 1, dtype=np.int32)
    rank[found] = np.arange(len(found), dtype=np.int32)
    return found, rank[ids]


def canonical(
    row: NDArray[np.integer], column: NDArray[np.integer], value: NDArray[np.int8], people: int, statements: int
) -> Rows:
    """Sort by (row, column) and keep the last of each pair.

    Row, column, order and value are packed into one integer where they fit: sorting those is ten times faster than
    sorting an index. The order comes after the pair, so the last of a pair is the one that counts.
    """
    votes = len(value)
    wide = max(statements - 1, 1).bit_length()
    order = max(votes - 1, 1).bit_length()
    narrow = np.uint16 if statements <= 1 << 16 else np.int32
    if max(people - 1, 1).bit_length() + wide + order + 2 > BITS:
        return _canonical_by_index(row, column, value, people, narrow)
    key = row.astype(np.int64)
    key <<= wide
    key |= column
    key <<= order
    key |= np.arange(votes, dtype=np.int64)
    key <<= 2
    key |= value + np.int8(1)
    key.sort()
    last = np.ones(votes, dtype=bool)
    for begin in range(0, votes - 1, BLOCK):
        pair = key[begin : begin + BLOCK + 1] >> (order + 2)
        last[begin : begin + len(pair) - 1] = pair[1:] != pair[:-1]
    kept = key if last.all() else key[last]
    columns: NDArray[np.integer] = np.empty(len(kept), dtype=narrow)
    values = np.empty(len(kept), dtype=np.int8)
    count = np.zeros(people, dtype=np.int64)
    for begin in range(0, len(kept), BLOCK):
        block = kept[begin : begin + BLOCK]
        values[begin : begin + BLOCK] = (block & 3) - 1
        pair = block >> (order + 2)
        columns[begin : begin + BLOCK] = pair & ((1 << wide) - 1)
        count += np.bincount(pair >> wide, minlength=people)
    return Rows(np.concatenate([[0], np.cumsum(count)]), columns, values, statements)


def _canonical_by_index(
    row: NDArray[np.integer],
    column: NDArray[np.integer],
    value: NDArray[np.int8],
    people: int,
    narrow: type[np.integer],
) -> Rows:
    order = np.lexsort((np.arange(len(row)), column, row))
    row, column, value = row[order], column[order], value[order]
    last = np.ones(len(row), dtype=bool)
    last[:-1] = (row[1:] != row[:-1]) | (column[1:] != column[:-1])
    row, column, value = row[last], column[last], value[last]
    starts = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=people))])
    columns: NDArray[np.integer] = column.astype(narrow)
    return Rows(starts, columns, value, int(column.max(initial=-1)) + 1)


def _renumbered(votes: Votes, statements: NDArray[np.int64]) -> Rows:
    """The rows on the columns of more statements."""
    if len(statements) == len(votes.statements):
        return votes.rows
    wide = np.uint16 if len(statements) <= 1 << 16 else np.int32
    column = np.searchsorted(statements, votes.statements).astype(wide)[votes.rows.column]
    return Rows(votes.rows.starts, column, votes.rows.value, len(statements))
