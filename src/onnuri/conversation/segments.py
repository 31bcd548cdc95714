"""The order of a sitting, and which key the host may press now. Pure."""

from __future__ import annotations

from typing import Final

from onnuri.errors import Conflict

SEGMENTS: Final = (
    "lobby",
    "round",
    "computing",
    "where",
    "shortlist",
    "slate",
    "ratification",
    "result",
    "published",
)

ACTIONS: Final[dict[str, tuple[str, ...]]] = {
    "lobby": ("open_round",),
    "round": ("close_round",),
    "computing": (),
    "where": ("open_shortlist", "open_round"),
    "shortlist": ("close_round",),
    "slate": ("open_ratification",),
    "ratification": ("close_round",),
    "result": ("publish",),
    "published": (),
}
"""The first one is what the host most likely wants next."""

AFTER: Final = {"vote": "where", "shortlist": "slate", "ratification": "result"}
"""Where a round of each kind leads once it is computed."""

DURING: Final = {"vote": "round", "shortlist": "shortlist", "ratification": "ratification"}


def require(segment: str, action: str) -> None:
    """Refuse what does not belong to this moment.

    >>> require("lobby", "open_round")
    """
    if action not in ACTIONS.get(segment, ()):
        raise Conflict("not_now", action=action, segment=segment)
