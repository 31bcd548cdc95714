"""Rules of reports: once a person, with a reason; three fold a comment and put it first, and never delete it. Pure."""

from __future__ import annotations

from typing import Final

from onnuri.errors import Conflict
from onnuri.text import plain_text

REASON_LIMIT: Final = 100
"""Graphemes after NFC."""
FOLDS_AT: Final = 3
"""So many people, and a comment is folded behind a press until a moderator has read it."""


def checked_reason(reason: str) -> str:
    """The reason in the reporter's words.

    Raises:
        Unprocessable: text_blank, text_too_long, text_not_unicode.
    """
    return plain_text(reason, limit=REASON_LIMIT, field="reason")


def require_first(*, before: bool, own: bool) -> None:
    """One report a person, and none of one's own comment."""
    if own:
        raise Conflict("report_own")
    if before:
        raise Conflict("already_reported")


def folded(people: int) -> bool:
    """Whether so many who wait for a decision fold a comment.

    >>> folded(2), folded(3)
    (False, True)
    """
    return people >= FOLDS_AT
