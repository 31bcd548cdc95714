"""What a record says where its rows stay sealed: the same documents with small cells withheld and nobody's place.

A pure function of the whole documents, so that an auditor who has the rows can make it again and compare.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from onnuri.masking import SMALLEST_CELL, answers, hidden_among, hidden_channels, masked, tells_hidden, withheld

if TYPE_CHECKING:
    from collections.abc import Mapping

    Told = Mapping[str, Any]


def certificate_in_totals(proof: Told) -> dict[str, Any]:
    """A certificate without what would tell of fewer than five."""
    ratification = proof["ratification"]
    return {
        **proof,
        "lines": [_standing(one) for one in proof["lines"]],
        "candidates": [_standing(one) for one in proof["candidates"]],
        "coverage": _coverage(proof["coverage"]),
        "not_embraced": _not_embraced(proof["not_embraced"]),
        "took_part": _took_part(proof["took_part"]),
        "ratification": None if ratification is None else _ratification(ratification),
        "robustness": _robustness(proof["robustness"]),
    }


def _standing(told: Told) -> dict[str, Any]:
    sections = sections_in_totals(told["sections"], told["overall"])
    weakest = told["weakest"]
    known = _share(weakest)
    hidden = known is not None and tells_hidden(known, list(sections.values()))
    return {**told, "sections": sections, "weakest": None if hidden else weakest}


def sections_in_totals(sections: Mapping[str, Told], overall: Told) -> dict[str, Any]:
    """Groups and channels of one line, the small ones and what would tell them withheld.

    >>> cells = {"channel hall": {"agree": 50}, "channel online": {"agree": 3}, "group 1": {"agree": 53}}
    >>> [name for name, cell in sections_in_totals(cells, {"agree": 53}).items() if cell.get("masked")]
    ['channel hall', 'channel online']
    """
    groups = {name: cell for name, cell in sections.items() if name.startswith("group ")}
    channels = {name: cell for name, cell in sections.items() if name.startswith("channel ")}
    plain = {name.removeprefix("channel "): cell for name, cell in channels.items()}
    hidden = {f"channel {name}" for name in hidden_channels(plain, overall)}
    if groups:
        hidden |= hidden_among(groups, overall)
    return {name: masked(cell) if name in hidden else dict(cell) for name, cell in sections.items()}


def _share(written: str | None) -> float | None:
    above, _, below = (written or "").partition("/")
    return int(above) / int(below) if below and int(below) else None


def _few(count: int) -> bool:
    return 0 < count < SMALLEST_CELL


def _coverage(told: Told) -> dict[str, Any]:
    """How many agree with one, half, all of the lines; a number that leaves, or is, only a few is not said."""
    counted = ("at_least_one", "at_least_half", "all")
    people = told["people"]
    return {**told, **{name: None for name in counted if _few(told[name]) or _few(people - told[name])}}


def _not_embraced(told: Told) -> dict[str, Any]:
    hidden = withheld({str(row["group"]): row["people"] for row in told["by_group"]})
    few = _few(told["people"]) or _few(told["of"] - told["people"])
    return {
        **told,
        "people": None if few else told["people"],
        "by_group": [
            {**row, "people": None, "note": None, "masked": True} if few or str(row["group"]) in hidden else dict(row)
            for row in told["by_group"]
        ],
    }


def _took_part(told: Told) -> dict[str, Any]:
    """Who took part by channel is no opinion and stays; how many vote alike is one."""
    hidden = withheld(told["groups"])
    return {**told, "groups": {name: None if name in hidden else n for name, n in told["groups"].items()}}


def _ratification(told: Told) -> dict[str, Any]:
    return {**told, "lines": [_verdict(one) for one in told["lines"]], "whole": _verdict(told["whole"])}


def _verdict(told: Told) -> dict[str, Any]:
    sections = sections_in_totals(told["sections"], told["overall"])
    hidden = {name for name, cell in sections.items() if cell.get("masked")}
    misses = [{**miss, "support": None} if miss["where"] in hidden else dict(miss) for miss in told["misses"]]
    return {**told, "sections": sections, "misses": misses}


def _robustness(told: Told) -> dict[str, Any]:
    optimum, blocs = told["optimum"], told["blocs"]
    return {
        **told,
        "optimum": optimum
        and {
            "chosen": {"statements": optimum["chosen"]["statements"]},
            "best": {"statements": optimum["best"]["statements"]},
            "gap": optimum["gap"],
        },
        "blocs": {
            **blocs,
            "changes": [{**c, "people": None if _few(c["people"]) else c["people"]} for c in blocs["changes"]],
        },
    }


def small_cell_in(document: Any, path: str = "") -> str | None:  # noqa: ANN401 - JSON
    """Where a document tells how fewer than five answered; None = nowhere. What is withheld has no numbers."""
    if isinstance(document, dict):
        if _few(answers(document)) and {"agree", "disagree"} <= document.keys():
            return path
        return next((found for key in document if (found := small_cell_in(document[key], f"{path}/{key}"))), None)
    if isinstance(document, list):
        parts = enumerate(document)
        return next((found for at, part in parts if (found := small_cell_in(part, f"{path}/{at}"))), None)
    return None
