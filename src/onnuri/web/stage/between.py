"""The big screen between rounds. Nothing unread, and no figure of an open poll."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from onnuri.conversation.interlude import POLLS
from onnuri.web import shown
from onnuri.web.stage import polls

if TYPE_CHECKING:
    from onnuri.conversation.models import Conversation

Content = dict[str, Any]


def content(conversation: Conversation) -> Content:
    """What is on, for the big screen."""
    on = conversation.interlude
    return {
        "interlude": shown.interlude_shown(on) if on is not None else None,
        **(polls.content(on) if on is not None and on.kind in POLLS else {}),
    }
