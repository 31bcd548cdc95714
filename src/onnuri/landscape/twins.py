"""Accounts that answer alike beyond what their surroundings explain share one vote of weight.

Two accounts are twins when, per common answer, their agreement is more surprising than `ALIKE` nats under the rates of
their own neighbourhood. Under *global* rates a real minority would look like twins of itself; under local ones the
rest of its neighbourhood explains it. Nothing is deleted, no count, ballot or ratification is touched: the weight
shapes the space, the groups and the floor, and everything is printed with and without it.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from onnuri.landscape.grid import WEIGHT_STEPS
from onnuri.landscape.large import compiled, is_large
from onnuri.landscape.sums import in_threads, product

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from onnuri.landscape.cells import Cells
    from onnuri.landscape.votes import Rows

    Table = NDArray[np.float32]

ALIKE_AT_FIRST: Final = 0.70
ALIKE: Final = 0.50
WIDTH: Final = 0.04
SLIP: Final = 0.10
FEWEST_COMMON: Final = 12
ALLOWED: Final = 2
NEIGHBOURHOOD: Final = 0.30
PSEUDO: Final = 4.0
CLIP: Final = 0.02
FINE: Final = 1024.0
"""Nats are counted in 1/1024: sums of whole numbers are exact in any order, also in single precision."""
REFERENCES: Final = 1000
"""Where there are more cells than people's own, twins are counted against so many accounts and scaled up."""
WORTH_A_LOOK: Final = 0.9
"""Whose answers carry less than this share of `ALIKE` nats each can have no twin at all."""
TOO_FAR: Final = 8
"""Widths below the edge at which a pair no longer counts as any part of a twin."""
CHUNK: Final = 1024


@dataclass(frozen=True, eq=False)
class References:
    """The accounts that others are held against.

    `rows`: their votes; `people` their rows among all, `cell` (r,); `each`: for how many accounts one of them stands.
    """

    rows: Rows
    people: NDArray[np.int64]
    cell: NDArray[np.int64]
    each: float

    @property
    def many(self) -> bool:
        """Whether they stand for so many votes that the compiled twin is worth loading."""
        return is_large(round(self.rows.size * self.each))


def global_rates(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """(1, statements): how likely anybody who tells agrees, of counts (cells, statements, 3)."""
    x, _, o = counts.sum(axis=0).T / WEIGHT_STEPS
    return np.clip((o + 1) / (o + x + 2), CLIP, 1 - CLIP)[None, :]


def local_rates(cells: Cells) -> NDArray[np.float64]:
    """(cells, statements): the same among the nearest people who make up 30 % of the weight."""
    near = cells.near(NEIGHBOURHOOD)
    o = product(near, cells.counts[:, :, 2].astype(np.float64)) / WEIGHT_STEPS**2
    x = product(near, cells.counts[:, :, 0].astype(np.float64)) / WEIGHT_STEPS**2
    base = global_rates(cells.counts)
    return np.clip((o + PSEUDO * base) / (o + x + PSEUDO), CLIP, 1 - CLIP)


def weigh(
    rows: Rows,
    people: NDArray[np.int64],
    cell: NDArray[np.int64],
    rates: NDArray[np.float64],
    references: References,
    alike: float = ALIKE,
    against: Against | None = None,
) -> NDArray[np.int64]:
    """(people,) in 1/64: 1 / (1 + twins beyond two).

    A match on O is worth log((1 - slip) / p + slip) nats, averaged over both, on X the same with 1 - p; a clash costs
    log(slip).

    Args:
        rows: the votes of these people.
        people: (people,) their rows among all, so that nobody is held against themselves.
        cell: (people,) their row of `rates`.
        rates: (cells, statements) how likely somebody there agrees.
        references: whom they are held against.
        alike: nats per common answer that make twins.
        against: the references made ready under these rates; None = they are made ready now.
    """
    steps = np.full(rows.people, WEIGHT_STEPS, dtype=np.int64)
    gain = gains(rates) if against is None else against.gain
    look = np.arange(rows.people)
    if references.each > 1:
        look = np.flatnonzero(_own_gain(rows, cell, gain) >= WORTH_A_LOOK * alike * FINE)
    if not len(look):
        return steps
    ready = Against(references, gain) if against is None else against
    # Far below the edge nothing counts: nearly all pairs are done with after one comparison.
    least = np.floor((alike - TOO_FAR * WIDTH) * 2 * FINE * np.arange(rows.statements + 1)).astype(np.int64)
    least[:FEWEST_COMMON] = np.iinfo(np.int64).max

    def some(begin: int) -> None:
        own = look[begin : begin + CHUNK]
        who, whom, total, common = ready.pairs(rows.some(own), cell[own], least)
        other = people[own][who] != references.people[whom]
        who, rate = who[other], (total / (2 * FINE * common))[other]
        likely = 1 / (1 + np.exp(-np.clip((rate - alike) / WIDTH, -60, 60)))
        twins = np.bincount(who, weights=likely, minlength=len(own))
        # Two by chance are allowed before one stands for many: else a single lucky match would silence somebody.
        beyond = np.maximum(twins - ALLOWED, 0) * references.each
        steps[own] = np.rint(WEIGHT_STEPS / (1 + beyond)).astype(np.int64)

    in_threads(some, range(0, len(look), CHUNK))
    return steps


def gains(rates: NDArray[np.float64]) -> NDArray[np.int32]:
    """(cells, statements, 2): nats of a match on X and on O, in 1/1024."""
    both = np.stack([np.log((1 - SLIP) / (1 - rates) + SLIP), np.log((1 - SLIP) / rates + SLIP)], axis=2)
    return np.rint(FINE * both).astype(np.int32)


def _own_gain(rows: Rows, cell: NDArray[np.int64], gain: NDArray[np.int32]) -> NDArray[np.float64]:
    """(people,): what matching one of their own answers would be worth on average, at most."""
    if (fast := compiled(rows.size)) is not None:
        total, told = fast.own_gain(rows.starts, rows.column, rows.value, cell, gain)
    else:
        row, column, value = rows.flat
        told = np.bincount(row[value != 0], minlength=rows.people)
        worth = gain[cell[row], column, (value > 0).astype(np.int64)] * (value != 0)
        total = np.bincount(row, weights=worth, minlength=rows.people)
    return np.where(told >= FEWEST_COMMON, total / np.maximum(told, 1), 0.0)


class Against:
    """Sums over the common answers of many people with every reference."""

    def __init__(self, references: References, gain: NDArray[np.int32]) -> None:
        self.gain, self.people = gain, references.rows.people
        self.slip = int(np.rint(2 * FINE * np.log(SLIP)))
        self.fast = compiled(sys.maxsize) if references.many and references.each > 1 else None
        if self.fast is not None:
            self.lists = _lists(references, gain)
            return
        agree, disagree = _dense(references.rows)
        own = gain[references.cell].astype(agree.dtype)
        self.agree, self.disagree, self.told = agree.T, disagree.T, (agree + disagree).T
        # What somebody's O and X earn with each reference, as far as it hangs on the reference alone.
        self.with_o = (agree * own[:, :, 1] + self.slip * disagree).T
        self.with_x = (disagree * own[:, :, 0] + self.slip * agree).T

    def pairs(self, rows: Rows, cell: NDArray[np.int64], least: NDArray[np.int64]) -> tuple[NDArray[np.int64], ...]:
        """Who, which reference, twice the nats in 1/1024 and the number of common answers, where above `least`."""
        if self.fast is not None:
            found: tuple[NDArray[np.int64], ...] = self.fast.pairs(
                rows.starts, rows.column, rows.value, cell, self.gain, *self.lists, self.slip, self.people, least
            )
            return found
        agree, disagree = _dense(rows)
        own = self.gain[cell].astype(agree.dtype)
        total = (agree * own[:, :, 1]) @ self.agree + (disagree * own[:, :, 0]) @ self.disagree
        total += agree @ self.with_o + disagree @ self.with_x
        common = ((agree + disagree) @ self.told).astype(np.int64)
        who, whom = np.nonzero(total > least[common])
        return who, whom, total[who, whom].astype(np.int64), common[who, whom]


def _lists(references: References, gain: NDArray[np.int32]) -> tuple[NDArray[np.int64], ...]:
    """Who of the references said X and O of each statement, what a match with each is worth, where each list begins."""
    row, column, value = references.rows.flat
    told = np.flatnonzero(value != 0)
    stance = (value[told] > 0).astype(np.int64)
    key = column[told].astype(np.int64) * 2 + stance
    order = np.argsort(key, kind="stable")
    who = row[told][order]
    worth = gain[references.cell[row[told]], column[told], stance].astype(np.int64)[order]
    size = np.bincount(key, minlength=2 * (references.rows.statements + 1))
    begin = np.concatenate([[0], np.cumsum(size)[:-1]]).reshape(-1, 2)
    return who, worth, begin


def _dense(rows: Rows) -> tuple[Table, Table]:
    """(people, statements) twice: who agrees with what, who disagrees with what."""
    # Single precision holds whole sums up to 2^24: enough for 3,000 common answers.
    exact = np.float32 if rows.statements <= 3000 else np.float64  # noqa: PLR2004
    row, column, value = rows.flat
    both = np.zeros((2, rows.people, rows.statements), dtype=exact)
    both[0, row[value > 0], column[value > 0]] = 1
    both[1, row[value < 0], column[value < 0]] = 1
    return both[0], both[1]
