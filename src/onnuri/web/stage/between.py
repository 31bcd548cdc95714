"""The big screen between rounds. Nothing unread, and no figure of an open poll."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from onnuri.conversation.interlude import POLLS
from onnuri.web import evidence, shown
from onnuri.web.stage import polls, questions

if TYPE_CHECKING:
    from onnuri.conversation.models import Conversation

Content = dict[str, Any]


def content(conversation: Conversation, view: str) -> Content:
    """What is on, for the big screen."""
    on = conversation.interlude
    told: Content = {"interlude": shown.interlude_shown(on) if on is not None else None}
    if view == "questions":
        return told | questions.content(conversation)
    if on is not None and on.kind in POLLS:
        return told | polls.content(on)
    return told | {"evidence": evidence.of_talk(on)} if view == "talk" and on is not None else told
