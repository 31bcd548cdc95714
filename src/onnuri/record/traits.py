"""Counts by trait as a record states them.

No row of anybody's traits is published, so they cannot be counted again; they can be held against the whole, and
against the promise that fewer than twelve are never told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from onnuri.masking import ANSWERS, SMALLEST_TRAIT, answers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Told = Mapping[str, Any]


def are_stated(landscape: Told, certificate: Told) -> bool:
    """Whether the record says anything of traits."""
    return bool(landscape.get("by_trait") or certificate["took_part"].get("traits"))


def fault_of(landscape: Told, certificate: Told) -> str | None:
    """Where landscape.json and certificate cannot both be right, or tell of a few; None = nowhere."""
    by_trait = landscape.get("by_trait") or {}
    people = {trait: {value: told["people"] for value, told in values.items()} for trait, values in by_trait.items()}
    if certificate["took_part"].get("traits") != people:
        return "landscape.json and certificate differ"
    for trait, values in by_trait.items():
        if fault := _fault(list(people[trait].values()), landscape["participants"]):
            return f"{trait}: {fault}"
        for statement, total in landscape["by_statement"].items():
            cells = [told["by_statement"][statement] for told in values.values()]
            shown = [None if cell.get("masked") else answers(cell) for cell in cells]
            if fault := _fault(shown, answers(total)) or _more(cells, total):
                return f"{trait}, statement {statement}: {fault}"
    return None


def _fault(shown: Sequence[int | None], total: int) -> str | None:
    """Of one table: `shown` has None where a cell is withheld."""
    said = [n for n in shown if n is not None]
    left = total - sum(said)
    if left < 0:
        return "more than all together"
    if any(0 < n < SMALLEST_TRAIT for n in said) or (any(said) and 0 < left < SMALLEST_TRAIT):
        return f"fewer than {SMALLEST_TRAIT} can be told"
    return None


def _more(cells: Sequence[Told], total: Told) -> str | None:
    sums = {name: sum(cell[name] or 0 for cell in cells) for name in ANSWERS}
    return "more than all together" if any(sums[name] > total[name] for name in ANSWERS) else None


def without_traits(certificate: Told) -> dict[str, Any]:
    """What of a certificate can be computed from the rows."""
    took_part = {name: content for name, content in certificate["took_part"].items() if name != "traits"}
    return {**certificate, "took_part": took_part}
