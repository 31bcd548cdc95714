"""Many votes: from how many on the compiled twin is worth loading."""

from __future__ import annotations

import importlib.util
from functools import cache
from typing import Any, Final

LARGE: Final = 100_000
"""Votes above which the compiled twin is loaded, where it is installed: a hall never waits for it."""


def is_large(votes: int) -> bool:
    """Whether there are so many votes that the compiled twin is worth loading."""
    return votes > LARGE


def compiled(votes: int) -> Any:  # noqa: ANN401 - a module
    """The compiled twin, for many votes and where Numba is installed; else None."""
    return _compiled() if is_large(votes) else None


@cache
def _compiled() -> Any:  # noqa: ANN401 - a module, or None where it is not installed
    if importlib.util.find_spec("numba") is None:
        return None
    from onnuri.landscape import fast  # noqa: PLC0415 - loading it takes half a second

    return fast
