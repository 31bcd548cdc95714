"""Statements that say nearly the same: a slate should not hold one idea twice.

Two are near-duplicates when their words are alike and the same people agree with both; or when their words are the same
but for a letter or two. Votes alone are no sign: in a divided hall quite different sentences are answered alike.
"""

from __future__ import annotations

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
ALIKE_VOTES: Final = 0.5
SAME_WORDS: Final = 0.85
FEWEST_COMMON: Final = 12


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
    words = word_similarity(texts.get(one, ""), texts.get(two, ""))
    if words >= SAME_WORDS:
        return True
    return words >= ALIKE_WORDS and vote_correlation(votes, one, two) >= ALIKE_VOTES


def word_similarity(one: str, two: str) -> float:
    """How many groups of three letters two texts share, 0 .. 1, in any script. Dice 1945, Ecology 26.

    >>> word_similarity("More buses at night", "more night buses") > 0.5
    True
    """
    first, second = _triples(one), _triples(two)
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else 0.0


@lru_cache(maxsize=4096)
def _triples(text: str) -> Counter[str]:
    plain = "".join(c if c.isalnum() else " " for c in unicodedata.normalize("NFKC", text).casefold())
    # Hangul by its letters: endings differ where the word is the same.
    words = unicodedata.normalize("NFD", f" {' '.join(plain.split())} ")
    return Counter(words[i : i + 3] for i in range(len(words) - 2)) if words.strip() else Counter()


def vote_correlation(votes: Votes, one: int, two: int) -> float:
    """Correlation of agreeing (phi) among those who answered both; 0 where too few did. Yule 1912, JRSS 75."""
    columns = [int(np.searchsorted(votes.statements, s)) for s in (one, two)]
    if any(c >= len(votes.statements) or votes.statements[c] != s for c, s in zip(columns, (one, two), strict=True)):
        return 0.0
    row, column, value = votes.rows.flat
    said = np.zeros((2, votes.shape[0]), dtype=np.int8)
    for place, c in enumerate(columns):
        mine = column == c
        said[place, row[mine]] = np.where(value[mine] == AGREE, 2, 1)
    both = said[:, (said > 0).all(axis=0)] == 2  # noqa: PLR2004 - agreed
    if both.shape[1] < FEWEST_COMMON:
        return 0.0
    spread = both.std(axis=1)
    if not spread.all():
        return 1.0 if np.array_equal(both[0], both[1]) else 0.0
    return float(((both[0] - both[0].mean()) * (both[1] - both[1].mean())).mean() / spread.prod())
