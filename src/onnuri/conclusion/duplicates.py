"""Statements that say nearly the same: a slate should not hold one idea twice.

Two are near-duplicates when their words are alike and people answer both alike. Words alone are no proof: sentences
may differ in one number and mean another thing. Votes alone are none either: in a divided hall different sentences
are answered alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from onnuri.vocabulary import AGREE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from onnuri.landscape.votes import Votes

ALIKE_WORDS: Final = 0.5
CORRELATED: Final = 0.5
SAME_WORDS: Final = 0.85
SAME_ANSWERS: Final = 0.75
FEWEST_COMMON: Final = 12
NUMBER: Final = re.compile(r"\d+")
LONG_ENOUGH: Final = 12
"""Shorter texts share too few letters to say anything: only equal ones are alike."""


def set_apart(votes: Votes, texts: Mapping[int, str], ranked: Sequence[int], most: int) -> dict[int, int]:
    """Which of the ranked statements says nearly the same as a better ranked one: statement -> that one.

    Args:
        votes: who answered what.
        texts: statement -> its words.
        ranked: ids, best first.
        most: stop when so many different ones are found.
    """
    kept: list[int] = []
    found: dict[int, int] = {}
    for statement in ranked:
        if len(kept) == most:
            break
        like = next((other for other in kept if near_duplicates(votes, texts, other, statement)), None)
        if like is None:
            kept.append(statement)
        else:
            found[statement] = like
    return found


def near_duplicates(votes: Votes, texts: Mapping[int, str], one: int, two: int) -> bool:
    """Whether two statements say nearly the same; without their words nothing can be said."""
    first, second = _plain(texts.get(one, "")), _plain(texts.get(two, ""))
    if first == second:
        return bool(first)
    if min(len(first), len(second)) < LONG_ENOUGH or NUMBER.findall(first) != NUMBER.findall(second):
        return False
    words = word_similarity(first, second)
    if words < ALIKE_WORDS:
        return False
    correlation, same = _answered_alike(votes, one, two)
    return correlation >= CORRELATED or (words >= SAME_WORDS and same >= SAME_ANSWERS)


def word_similarity(one: str, two: str) -> float:
    """How many groups of three letters two texts share, 0 .. 1, in any script. Dice 1945, Ecology 26.

    >>> word_similarity("More buses at night", "more night buses") > 0.5
    True
    """
    first, second = _triples(one), _triples(two)
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else 0.0


def _plain(text: str) -> str:
    kept = "".join(c if c.isalnum() else " " for c in unicodedata.normalize("NFKC", text).casefold())
    return " ".join(kept.split())


@lru_cache(maxsize=4096)
def _triples(text: str) -> Counter[str]:
    # Hangul by its letters: endings differ where the word is the same.
    words = unicodedata.normalize("NFD", f" {_plain(text)} ")
    return Counter(words[i : i + 3] for i in range(len(words) - 2)) if words.strip() else Counter()


def _answered_alike(votes: Votes, one: int, two: int) -> tuple[float, float]:
    """Among those who answered both: correlation of agreeing (phi), and the share who said the same; 0 for too few.

    Yule 1912, Journal of the Royal Statistical Society 75.
    """
    columns = np.searchsorted(votes.statements, [one, two]).tolist()
    if any(c >= len(votes.statements) or votes.statements[c] != s for c, s in zip(columns, (one, two), strict=True)):
        return 0.0, 0.0
    row, column, value = votes.rows.flat
    said = np.zeros((2, votes.shape[0]), dtype=np.int8)
    for place, c in enumerate(columns):
        mine = column == c
        said[place, row[mine]] = np.where(value[mine] == AGREE, 2, 1)
    both = said[:, (said > 0).all(axis=0)] == 2  # noqa: PLR2004 - agreed
    if both.shape[1] < FEWEST_COMMON:
        return 0.0, 0.0
    spread, apart = both.std(axis=1).prod(), both - both.mean(axis=1, keepdims=True)
    correlation = float(apart.prod(axis=0).mean() / spread) if spread else 0.0
    return correlation, float((both[0] == both[1]).mean())
