"""How often each statement should be shown, against one that is shown as often as any other.

Equal exposure is the rule. A statement whose verdict is still open teaches more and is shown half as often again; one
that would stand on the shortlist but has been seen by too few in some group is shown twice as often. The shares are
published with the landscape, so that anybody can hold what was served against them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from onnuri.landscape.landscape import Landscape

EQUAL: Final = 1.0
OPEN: Final = 1.5
INCOMPLETE: Final = 2.0
SHORTLIST: Final = 20


def wanted_exposure(landscape: Landscape) -> dict[int, float]:
    """Statement -> share, for those that are not shown as often as any other."""
    columns = np.arange(len(landscape.statements))
    first = set(landscape.by_floor(columns)[:SHORTLIST])
    verdict_open = np.zeros(len(columns), dtype=bool)
    for group in landscape.tested_groups():
        low, high = landscape.by_group[group].bounds()
        verdict_open |= (low < landscape.threshold) & (landscape.threshold < high)
    found = {}
    for column, statement in enumerate(landscape.statements.tolist()):
        if statement in first and not landscape.seen_enough[column]:
            found[statement] = INCOMPLETE
        elif verdict_open[column]:
            found[statement] = OPEN
    return found
