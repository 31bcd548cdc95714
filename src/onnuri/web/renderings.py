"""Statements in the reader's language where a translation is there; the original is one tap away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from onnuri.conversation.translating import renderings
from onnuri.web import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from onnuri.conversation.models import Conversation

Content = dict[str, Any]


def with_translations(conversation: Conversation, rows: Iterable[Content]) -> list[Content]:
    """Rows of a page, each with its `translation` {text, lang, machine}; `text` stays what was written.

    Args:
        conversation: whose.
        rows: statements as pages show them: `id`, `text`, `lang`.
    """
    there = renderings(conversation, shown.language())
    return [
        {**row, "translation": {"text": found.text, "lang": found.lang, "machine": found.machine}}
        if row["lang"] != shown.language() and (found := there.get(row["id"])) is not None
        else row
        for row in rows
    ]
