"""Rules of writing under a talk or a record. Pure."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from onnuri.conversation.entitled import WAYS, policy_of
from onnuri.errors import Conflict, Forbidden, TooMany
from onnuri.text import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from typing import Any

LIMIT: Final = 300
"""Graphemes after NFC."""
MOST_AT_ONCE: Final = 5
WITHIN: Final = timedelta(minutes=10)
UNREAD: Final = {"deleted": "comment_deleted", "hidden": "comment_hidden", "removed": "comment_removed"}
"""What is said of a comment nobody reads, by where it stands."""
GAP: Final = re.compile(r"\n{3,}")


def checked_text(text: str) -> str:
    r"""A comment as it is kept: at most one empty line in a row, so that nobody pushes the others off the screen.

    Raises:
        Unprocessable: text_blank, text_too_long, text_not_unicode.

    >>> checked_text(" 좋아요.\n\n\n\n\n정말로요. ")
    '좋아요.\n\n정말로요.'
    """
    return plain_text(GAP.sub("\n\n", plain_text(text, limit=None, field="text")), limit=LIMIT, field="text")


def require_confirmed(*, confirmed_by: str, rules: Iterable[Mapping[str, Any]]) -> None:
    """Where writing is for tickets, a comment is for accounts of whom it is known who they are.

    Args:
        confirmed_by: how it is known of the account; empty = not at all.
        rules: of the conversations the comment would stand beside.
    """
    strictest = WAYS[-1]
    if not confirmed_by and any(policy_of(one, "post") == strictest for one in rules):
        raise Forbidden("comment_confirmed", field="text")


def require_pace(written_at: Iterable[datetime], at: datetime) -> None:
    """Refuse the sixth comment within ten minutes."""
    if sum(at - one < WITHIN for one in written_at) >= MOST_AT_ONCE:
        raise TooMany("comment_pace", field="text", n=MOST_AT_ONCE)


def require_own(*, own: bool) -> None:
    """Only whoever wrote it deletes it."""
    if not own:
        raise Forbidden("comment_not_own")


# ---- where it stands


def standing(state: str, hidden_until: datetime | None, at: datetime) -> str:
    """What a comment is now: one that was hidden for a time comes back by itself.

    Args:
        state: as stored.
        hidden_until: of a hidden one; None = until somebody decides.
        at: now.
    """
    return "shown" if state == "hidden" and hidden_until is not None and hidden_until <= at else state


def require_shown(now: str) -> None:
    """Nothing more happens to what nobody reads."""
    if now in UNREAD:
        raise Conflict(UNREAD[now])
