"""Statements gathered by what they are about, so that a host can find their way among hundreds. Pure.

Topics are an aid for reading: they are no opinion groups, and nothing is counted by them. They follow from the texts
alone each time, so nobody can rename or rearrange them.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from math import log
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import pdist

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from onnuri.conversation.similar import Other

    Matrix = NDArray[np.float32]

BY_MEANING: Final = 0.75
"""Average cosine distance within which meanings are one topic; measured in decision 0026."""
BY_WORDS: Final = 0.92
"""The same for shared words, which are few in short texts."""
MOST: Final = 2000
"""Statements that are gathered; every pair is compared."""
LABEL_WORDS: Final = 3
SYLLABLES: Final = 2
_HANGUL: Final = re.compile(r"(?<![\d가-힣])[가-힣]+")
"""Not what hangs on a number: "11시까지" is a time, no subject."""
_HAN: Final = re.compile(r"[\u4e00-\u9fff]+")
_KATAKANA: Final = re.compile(r"[ァ-ヶー]{2,}")
_LATIN: Final = re.compile(r"[^\W\d_]+")
STOP: Final = {
    "ko": "하자 해야 하는 하게 있는 있게 없는 우리 모두 모든 더욱 많이 하고 위해 대한 대해 에서 으로 같은 "
    "다른 때문 합니 해주 주세 했으 좋겠 되어 되는 된다 한다 그냥 정말 너무 지금 이런 그런 여기 먼저 "
    "보다 늘리 줄이 만들 필요 않는 말자 싶다 싶어",
    "en": "the a an of to and in on at for from with by is are be was were it its this that these those we "
    "our us you your they he she should must can could would will may might not no more less so as "
    "if or but than then too very all every each any who which what when where how into out up down "
    "there here have has had do does did let make need needs only also after before until because "
    "while such same own some people please their shall until",
    "vi": "và của cho các những một có là được không nên phải hãy đừng để khi thì mà với trong ở từ đến "
    "vào ra lên này đó như nhiều ít hơn cũng đã sẽ đang rất cần chúng ta mọi người tại theo về thêm "
    "vẫn còn hay hoặc ai",
}
"""Words of every subject."""
_STOP: Final = {lang: frozenset(words.split()) for lang, words in STOP.items()}


class Topic(NamedTuple):
    """Statements about one thing: words that tell it from the others, the one in its middle, all by number."""

    words: tuple[str, ...]
    middle: int
    numbers: tuple[int, ...]


def topics(statements: Sequence[Other], vectors: Matrix | None = None) -> list[Topic]:
    """The topics of at most 2,000 statements, largest first; a statement that stands alone is a topic of one.

    Args:
        statements: number, text, language.
        vectors: (n, dim) centred meanings of length one; without them shared words gather, each language by itself.

    >>> from onnuri.conversation.similar import Other
    >>> found = topics(
    ...     [Other(1, "밤 버스를 늘리자", "ko"), Other(2, "버스를 자주", "ko"), Other(3, "나무를 심자", "ko")]
    ... )
    >>> [topic.numbers for topic in found]
    [(1, 2), (3,)]
    """
    looked_at = statements[:MOST]
    words = [keywords(s.text, s.lang) for s in looked_at]
    if vectors is not None:
        places = [list(range(len(looked_at)))]
    else:
        places = [
            [p for p, s in enumerate(looked_at) if s.lang == lang] for lang in sorted({s.lang for s in looked_at})
        ]
    found = []
    for here in places:
        matrix = vectors[here] if vectors is not None else _shared_words([words[p] for p in here])
        gathered = _gathered(matrix, BY_WORDS if vectors is None else BY_MEANING)
        found += [([here[m] for m in members], here[_middle(matrix, members)]) for members in gathered]
    common = Counter(word for own in words for word in own)
    named = [_topic(looked_at, words, members, middle, common) for members, middle in found]
    return sorted(named, key=lambda topic: (-len(topic.numbers), topic.numbers))


def keywords(text: str, lang: str) -> Counter[str]:
    """What a text is about, roughly and without a dictionary: beginnings of Korean words, pairs of Han, words.

    >>> sorted(keywords("버스를 늘리자", "ko")), sorted(keywords("夜间公交", "zh-hans"))
    (['버스'], ['公交', '夜间', '间公'])
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    if lang == "ko":
        found = [w[:SYLLABLES] for w in _HANGUL.findall(plain) if len(w) >= SYLLABLES]
        found += re.findall(r"[a-z]{2,}", plain)
    elif lang in {"zh-hans", "ja"}:
        found = [run[i : i + 2] for run in _HAN.findall(plain) for i in range(len(run) - 1)]
        found += _KATAKANA.findall(plain)
    else:
        found = _LATIN.findall(plain)
    stop = _STOP.get(lang, _STOP["en"])
    return Counter(w for w in found if w not in stop and len(w) > 1)


def _shared_words(words: Sequence[Counter[str]]) -> Matrix:
    """(n, words): TF-IDF rows of length one; a text without a word of its own shares nothing."""
    known = {word: column for column, word in enumerate(sorted(set().union(*words)))} if words else {}
    holding = Counter(word for own in words for word in own)
    matrix = np.zeros((len(words), max(len(known), 1)), dtype=np.float32)
    for row, own in enumerate(words):
        for word, count in own.items():
            matrix[row, known[word]] = count * (log((1 + len(words)) / (1 + holding[word])) + 1)
    length = np.sqrt((matrix**2).sum(axis=1, keepdims=True))
    return (matrix / np.where(length > 0, length, 1)).astype(np.float32)


def _gathered(matrix: Matrix, distance: float) -> list[list[int]]:
    """Rows by topic: average linkage, cut at a fixed distance."""
    if len(matrix) < 2:  # noqa: PLR2004 - one needs no pair
        return [[row] for row in range(len(matrix))]
    apart = 1 - np.clip(1 - pdist(matrix, "sqeuclidean") / 2, 0, 1)
    # A row without words is as far from everything as can be.
    blank = np.abs(matrix).sum(axis=1) == 0
    if blank.any():
        one, two = np.triu_indices(len(matrix), k=1)
        apart[blank[one] | blank[two]] = 1
    label = fcluster(linkage(apart, "average"), distance, "distance")
    return [np.flatnonzero(label == one).tolist() for one in np.unique(label)]


def _middle(matrix: Matrix, members: Sequence[int]) -> int:
    """The row that is nearest to the others of its topic; of equals the first."""
    own = matrix[list(members)]
    return members[int(np.argmax(np.round(own @ own.sum(axis=0), 6)))]


def _topic(
    statements: Sequence[Other],
    words: Sequence[Counter[str]],
    members: Sequence[int],
    middle: int,
    common: Mapping[str, int],
) -> Topic:
    own = Counter(word for place in members for word in words[place])
    # How much oftener here than anywhere: words of everybody say nothing. Among equals as the middle one says them.
    weight = {word: count * log(1 + len(statements) / common[word]) for word, count in own.items()}
    said = {word: place for place, word in enumerate(words[middle])}
    best = sorted(weight, key=lambda word: (-weight[word], said.get(word, len(said)), word))
    return Topic(
        tuple(best[:LABEL_WORDS]), statements[middle].number, tuple(sorted(statements[p].number for p in members))
    )
