"""A landscape as a JSON document: what `landscape.json`, the API and the command line say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from onnuri.landscape.assembly import who_shapes
from onnuri.landscape.routing import wanted_exposure
from onnuri.landscape.traits import by_trait
from onnuri.masking import masked_document
from onnuri.vocabulary import NOT_PLACED

if TYPE_CHECKING:
    from onnuri.landscape.landscape import Landscape

GROUP_NAMES: Final = {1: "Wave", 2: "Rock", 3: "Leaf", 4: "Dusk", 5: "Star"}
CAPPED_BELOW: Final = 0.5


def landscape_document(
    landscape: Landscape,
    *,
    round_number: int = 1,
    people: bool = True,
    masked: bool = False,
) -> dict[str, Any]:
    """The document of `interfaces.md`. Counts by trait, where there are any, are masked in every form of it.

    Args:
        landscape: what was fitted.
        round_number: the round whose close it stands for.
        people: whether everybody's place is in it.
        masked: as it is published: small cells, and what would give them away, are null with `"masked": true`; nobody's
            place is in it.
    """
    document: dict[str, Any] = {
        "participants": len(landscape.participants),
        "statements": len(landscape.statements),
        "votes": len(landscape.votes),
        "round": round_number,
        "age_s": None,
        "k": landscape.k,
        "loose": landscape.loose,
        "threshold": landscape.threshold,
        "independent": _independent(landscape),
        "placed": int((landscape.assignment != NOT_PLACED).sum()),
        "shown_variance": round(landscape.shown_variance, 4),
        "groups": [
            {
                "id": group_id,
                "name": GROUP_NAMES[group_id],
                "size": landscape.by_group[index].people,
                "tested": index in landscape.tested_groups(),
            }
            for index, group_id in enumerate(landscape.group_ids)
        ],
        "common_ground": landscape.common_ground,
        "divisive": landscape.divisive,
        "needs_votes": landscape.needs_votes,
        "routing": {str(s): share for s, share in wanted_exposure(landscape).items()},
        "by_statement": _by_statement(landscape),
        "digest": landscape.digest,
    }
    if landscape.by_trait:
        document["by_trait"] = by_trait(landscape)
    if people:
        document["people"] = _people(landscape)
    return masked_document(document) if masked else document


def _independent(landscape: Landscape) -> dict[str, Any]:
    """How many accounts shape the picture, with how much weight, and how many were capped as twins of each other."""
    weight = landscape.weight[who_shapes(landscape.votes)]
    return {
        "accounts": len(weight),
        "weight": round(float(weight.sum()), 4),
        "capped": int((weight < CAPPED_BELOW).sum()),
    }


def _people(landscape: Landscape) -> dict[str, list[Any]]:
    ids = landscape.group_ids
    return {
        "id": landscape.participants.tolist(),
        "group": [None if g == NOT_PLACED else ids[g] for g in landscape.assignment.tolist()],
        "x": landscape.x.tolist(),
        "y": landscape.y.tolist(),
    }


def _ticket_floor(landscape: Landscape, column: int) -> dict[str, float]:
    if landscape.ticket_floor is None:
        return {}
    return {"ticket_floor": round(float(landscape.ticket_floor[column]), 4)}


def _by_statement(landscape: Landscape) -> dict[str, dict[str, Any]]:
    bounds = [figures.bounds() for figures in landscape.by_group]
    everyone = landscape.everyone.bounds()
    found = {}
    for column, statement in enumerate(landscape.statements.tolist()):
        found[str(statement)] = {
            **landscape.everyone.of(column),
            "lower": round(float(everyone[0][column]), 4),
            "upper": round(float(everyone[1][column]), 4),
            "floor": round(float(landscape.floor[column]), 4),
            **_ticket_floor(landscape, column),
            "weakest": round(float(landscape.weakest[column]), 4),
            "by_group": {
                str(group_id): {
                    **landscape.by_group[index].of(column),
                    "lower": round(float(bounds[index][0][column]), 4),
                    "upper": round(float(bounds[index][1][column]), 4),
                }
                for index, group_id in enumerate(landscape.group_ids)
            },
            "by_channel": {name: figures.of(column) for name, figures in landscape.by_channel.items()},
            "outside": landscape.outside[column],
        }
    return found
