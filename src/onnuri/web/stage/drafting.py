"""Drafting on the big screen: the lines written since the last round, what they join and whom that reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from onnuri.web import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from onnuri.conversation.models import Conversation, Statement

Content = dict[str, Any]
MOST_SHOWN: Final = 3
"""As many as can be read from the last row."""
REACHED_PCT: Final = 50
"""A parent reaches a group when more than half of its answers agree."""


def drafting_content(conversation: Conversation) -> Content:
    """The newest lines that were read, and how many wait. Support is that of closed rounds."""
    published = shown.latest_landscape(conversation)
    document = published.document if published else None
    lines = conversation.statements.filter(kind="line")
    up = list(lines.filter(state="accepted").order_by("-number"))
    # Who was voted on is in the landscape: the others came since.
    fresh = [line for line in up if document is None or str(line.number) not in document["by_statement"]]
    statements = shown.statements_by_number(conversation)
    return {
        "drafts": [_line(line, document, statements) for line in fresh[:MOST_SHOWN]],
        "drafts_more": max(len(fresh) - MOST_SHOWN, 0),
        "drafts_waiting": lines.filter(state="waiting").count(),
    }


def _line(line: Statement, document: Mapping[str, Any] | None, statements: Mapping[int, Statement]) -> Content:
    return {
        "number": line.number,
        "text": line.text,
        "lang": line.lang,
        "joins": len(line.cites),
        "reached": [] if document is None else _reached(line, document, statements),
    }


def _reached(line: Statement, document: Mapping[str, Any], statements: Mapping[int, Statement]) -> list[Content]:
    """The groups of which one of the statements that the line joins has the support."""
    best: dict[int, int] = {}
    for parent in shown.findings(document, line.cites, statements):
        for one in parent["groups"]:
            support = one["figures"]["agree_pct"] or 0
            best[one["group"]["id"]] = max(support, best.get(one["group"]["id"], 0))
    return [group for group in shown.groups_shown(document) if best.get(group["id"], 0) > REACHED_PCT]
