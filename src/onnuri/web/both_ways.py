"""The result of a removal both ways: with the statement, and without it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Content = dict[str, Any]


def figures_shown(figures: Mapping[str, Any]) -> Content | None:
    """What was computed, by number of the statements; None where no round had been computed.

    >>> figures_shown({"done": True}) is None
    True
    """
    if "with" not in figures:
        return None
    return {name: figures[name] for name in ("round", "with", "without")}
