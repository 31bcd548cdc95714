"""Rules of blocking: it hides comments from one reader alone, and never a statement from a voting deck. Pure."""

from __future__ import annotations

from onnuri.errors import Conflict, NotFound


def require_other(account: int, author: int | None) -> int:
    """Whom one blocks: somebody, and not oneself."""
    if author is None:
        raise NotFound("comment_nobody")
    if author == account:
        raise Conflict("block_self")
    return author
