"""Reading the map on the big screen: one sentence at a time, first what all share, then where the groups differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from onnuri.web import shown

if TYPE_CHECKING:
    from onnuri.conversation.models import Conversation

Content = dict[str, Any]
MOST_OF_A_KIND: Final = 3


def sentences(conversation: Conversation) -> list[Content]:
    """What stands beside the map, each with the support of every group."""
    published = shown.latest_landscape(conversation)
    if published is None:
        return []
    told, statements = published.document, shown.statements_by_number(conversation)
    return [
        {**one, "chip": chip}
        for chip, name in (("common", "common_ground"), ("divisive", "divisive"))
        for one in shown.findings(told, told[name][:MOST_OF_A_KIND], statements)
    ]
