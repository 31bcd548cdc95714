"""How easily a published row of answers is recognised, measured before it is published.

A row is *unique* when nobody else answered everything alike; and somebody who knows k of a person's answers, which k
by chance, *identifies* the row when no other row has these k.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

DRAWS: Final = 2000
"""Of person and answers: the share is then within about two points, however many people there are."""


@dataclass(frozen=True)
class Uniqueness:
    """`unique` of `people` rows are like no other; `identified`: share of draws of `known` answers that name a row."""

    people: int
    unique: int
    known: int
    identified: float


def uniqueness(
    participant: ArrayLike, statement: ArrayLike, value: ArrayLike, *, random: np.random.Generator, known: int = 3
) -> Uniqueness:
    """Measure the rows.

    Args:
        participant: ids, shape (v,).
        statement: ids, shape (v,); a pair of participant and statement stands once.
        value: 1, 0 or -1, shape (v,).
        random: draws people and answers.
        known: how many answers somebody knows; of who gave fewer, all.

    >>> two_alike_and_one_apart = ([1, 1, 2, 2, 3, 3], [7, 8, 7, 8, 7, 8], [1, 1, 1, 1, 1, -1])
    >>> uniqueness(*two_alike_and_one_apart, random=np.random.Generator(np.random.PCG64(1)), known=1)
    Uniqueness(people=3, unique=1, known=1, identified=0.16...)
    """
    people, row = np.unique(np.asarray(participant, dtype=np.int64), return_inverse=True)
    column = np.unique(np.asarray(statement, dtype=np.int64), return_inverse=True)[1]
    # An answer is one number: which statement, and what was said.
    answer = column * 3 + np.asarray(value, dtype=np.int64) + 1
    order = np.lexsort((answer, row))
    row, answer = row[order], answer[order]
    starts = np.searchsorted(row, np.arange(len(people) + 1))
    if not len(people):
        return Uniqueness(0, 0, known, 0.0)
    return Uniqueness(len(people), _unique(answer, starts), known, _identified(row, answer, starts, random, known))


def _unique(answer: NDArray[np.int64], starts: NDArray[np.int64]) -> int:
    seen: dict[bytes, int] = {}
    for begin, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        whole = answer[begin:end].tobytes()
        seen[whole] = seen.get(whole, 0) + 1
    return sum(1 for times in seen.values() if times == 1)


def _identified(
    row: NDArray[np.int64],
    answer: NDArray[np.int64],
    starts: NDArray[np.int64],
    random: np.random.Generator,
    known: int,
) -> float:
    # Who gave each answer: sorted by answer, and within it by person.
    by_answer = np.argsort(answer, kind="stable")
    gave, first = row[by_answer], np.searchsorted(answer[by_answer], np.arange(answer.max() + 2))
    named = 0
    for person in random.integers(len(starts) - 1, size=DRAWS).tolist():
        own = answer[starts[person] : starts[person + 1]]
        told = random.choice(own, size=min(known, len(own)), replace=False)
        fits = sorted((gave[first[a] : first[a + 1]] for a in told.tolist()), key=len)
        left = fits[0]
        for other in fits[1:]:
            left = left[np.isin(left, other, assume_unique=True)]
        named += len(left) == 1
    return named / DRAWS
