"""Counts by self-declared trait as they leave the process: always masked, since no published row tells a trait.

A value of fewer than twelve people is withheld, and so is whatever would tell it; see `masking.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from onnuri.masking import SMALLEST_TRAIT, masked_cells, withheld

if TYPE_CHECKING:
    from collections.abc import Mapping

    from onnuri.landscape.figures import Figures
    from onnuri.landscape.landscape import Landscape

Told = dict[str, Any]


def by_trait(landscape: Landscape) -> dict[str, dict[str, Told]]:
    """By trait and value: how many people, and what they said of each statement. A count that is not said is null."""
    return {trait: _values(landscape, figures) for trait, figures in sorted(landscape.by_trait.items())}


def people_by_trait(landscape: Landscape) -> dict[str, dict[str, int | None]]:
    """By trait and value: how many people took part; null = not said."""
    everybody = len(landscape.participants)
    return {trait: _people(figures, everybody) for trait, figures in sorted(landscape.by_trait.items())}


def _people(figures: Mapping[str, Figures], everybody: int) -> dict[str, int | None]:
    sizes = {value: own.people for value, own in sorted(figures.items())}
    # Who declared nothing is in no cell, and is not told either.
    hidden = withheld(sizes, unsaid=everybody - sum(sizes.values()), least=SMALLEST_TRAIT)
    return {value: None if value in hidden else n for value, n in sizes.items()}


def _values(landscape: Landscape, figures: Mapping[str, Figures]) -> dict[str, Told]:
    people = _people(figures, len(landscape.participants))
    few = [value for value, n in people.items() if n is None]
    bounds = {value: own.bounds() for value, own in figures.items()}
    found: dict[str, Told] = {value: {"people": n, "by_statement": {}} for value, n in people.items()}
    for column, statement in enumerate(landscape.statements.tolist()):
        cells = {
            value: {
                **own.of(column),
                "lower": round(float(bounds[value][0][column]), 4),
                "upper": round(float(bounds[value][1][column]), 4),
            }
            for value, own in figures.items()
        }
        total = landscape.everyone.of(column)
        for value, cell in masked_cells(cells, total, least=SMALLEST_TRAIT, before=few).items():
            found[value]["by_statement"][str(statement)] = cell
    return found
