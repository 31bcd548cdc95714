"""What simulated people think: of the sample's texts as its file says, of any other text as drawn from it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Any, Final


@dataclass(frozen=True)
class Opinion:
    """Per opinion group: how likely a simulated person agrees, or is not sure."""

    agree: tuple[float, ...]
    unsure: tuple[float, ...]


SHARED: Final = 0.5
UNKNOWN: Final = Opinion((0.5, 0.5, 0.5), (0.2, 0.2, 0.2))


@cache
def content() -> dict[str, Any]:
    """The file sample.json."""
    found: dict[str, Any] = json.loads((files("onnuri.live") / "sample.json").read_text("utf-8"))
    return found


@cache
def opinions() -> dict[str, Opinion]:
    """Text -> what the groups think of it."""
    every = [*content()["statements"], *content()["lines"]]
    return {s["text"]: Opinion(tuple(s["agree"]), tuple(s["unsure"])) for s in every}


def group_of(voice: int) -> int:
    """Which of the invented opinion groups a simulated voice belongs to: by its number alone."""
    draw, reached = chance(voice, "group"), 0.0
    for index, group in enumerate(content()["groups"]):
        reached += group["share"]
        if draw < reached:
            return index
    return len(content()["groups"]) - 1


def answer_of(voice: int, text: str, opinion: Opinion | None = None) -> int:
    """What a simulated voice says of a text: always the same. `opinion` stands in for what the file says."""
    opinion = opinion or opinions().get(text, UNKNOWN)
    group, draw = group_of(voice), chance(voice, text)
    if draw < opinion.agree[group]:
        return 1
    return 0 if draw < opinion.agree[group] + opinion.unsure[group] else -1


def invented(text: str) -> Opinion:
    """An opinion on a text nobody described, drawn from the text: every second one is shared, the others divide."""
    if chance(0, text) < SHARED:
        return Opinion((0.9, 0.85, 0.8), (0.06, 0.08, 0.1))
    agree = tuple(0.12 + 0.76 * (chance(group, text) < 0.5) for group in (1, 2, 3))  # noqa: PLR2004 - a coin each
    return Opinion(agree, (0.08, 0.08, 0.08))


def chance(voice: int, about: str) -> float:
    """A number in 0..1 that hangs on nothing but its arguments."""
    return int.from_bytes(blake2b(f"{voice}/{about}".encode(), digest_size=6).digest()) / 2**48
