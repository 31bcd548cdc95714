"""The same landscape with another number of groups: what a claim about groups would be under each."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from onnuri.landscape.assembly import who_shapes
from onnuri.landscape.figures import count_groups
from onnuri.landscape.grid import WEIGHT_STEPS
from onnuri.landscape.groups import find_groups, place_people
from onnuri.landscape.mixture import evidence_of
from onnuri.vocabulary import NOT_PLACED

if TYPE_CHECKING:
    from onnuri.landscape.landscape import Landscape


def with_groups(landscape: Landscape, k: int) -> Landscape | None:
    """The landscape with k groups, whether or not they repeat; None where nobody can be told apart.

    Space, floor and figures of everybody stay as they are; the groups are numbered anew.
    """
    model = landscape.model
    if model is None:
        return None
    shapes = who_shapes(landscape.votes)
    weight = np.rint(landscape.weight * WEIGHT_STEPS) / WEIGHT_STEPS
    evidence = evidence_of(landscape.votes.rows, model.space, landscape.place, weight, model.residual)
    grouping = find_groups(evidence.of(np.flatnonzero(shapes)), k=k)
    posterior = np.where(shapes[:, None], grouping.posterior(evidence), 0.0)
    assignment = np.where(shapes, place_people(posterior), NOT_PLACED)
    return replace(
        landscape,
        k=grouping.k,
        loose=False,
        assignment=assignment,
        posterior=posterior,
        group_ids=tuple(range(1, grouping.k + 1)),
        by_group=tuple(count_groups(landscape.votes, assignment, grouping.k)),
    )
