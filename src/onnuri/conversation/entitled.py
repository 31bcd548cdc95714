"""Who may write and who may ballot: a policy for each act, asked of a voice's channel, for nothing else is known of it.

A voice cannot be traced to its ticket. What can be asked of it is whether it came by a ticket or a seat code (its
channel is the hall or online) or by the open link. Every ticket belongs to somebody who confirmed an address or was
seen at the door, so "ticket" is as strict as an act of a voice can be: "verified" is for accounts alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from onnuri.errors import Forbidden

if TYPE_CHECKING:
    from collections.abc import Mapping

Act = Literal["post", "ballot"]

WAYS: Final = ("open", "code", "ticket")
"""From the widest to the narrowest."""

REFUSED_AS: Final[dict[Act, str]] = {"post": "post_by_ticket", "ballot": "ballot_by_ticket"}


def policy_of(rules: Mapping[str, Any], act: Act) -> str:
    """Which voices may do this: the act's own policy, never wider than that of voting.

    >>> policy_of({"vote": "open", "post": "ticket"}, "post")
    'ticket'
    >>> policy_of({"vote": "code", "post": ""}, "post"), policy_of({"vote": "ticket", "post": "open"}, "post")
    ('code', 'ticket')
    """
    vote = str(rules.get("vote", "code"))
    return max(str(rules.get(act) or vote), vote, key=WAYS.index)


def require_entitled(policy: str, channel: str, act: Act) -> None:
    """Refuse a voice that came by the open link where a ticket or a code is asked for."""
    if policy != "open" and channel == "open":
        raise Forbidden(REFUSED_AS[act])
