"""Rules of what may be written. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from onnuri.conversation.lookalike import skeleton
from onnuri.conversation.personal import masked
from onnuri.errors import Conflict, Unprocessable
from onnuri.text import plain_text
from onnuri.vocabulary import STATEMENT_LIMIT

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

FIRST_FREE: Final = 3
VOTES_A_STATEMENT: Final = 10
REASONS: Final = (
    "abuse",
    "personal",
    "advert",
    "repeat",
    "off_topic",
    "several",
    "hate",
    "unlawful",
    "election",
    "unreadable",
)
FEWEST_CITED: Final = 2
LONGEST_IMPORTED: Final = 5000


def checked_text(text: str, existing: Collection[str], *, imported: bool = False) -> str:
    """The text as it is stored, or a refusal: blank, too long, not Unicode, already there."""
    limit = LONGEST_IMPORTED if imported else STATEMENT_LIMIT
    kept = plain_text(text, limit=limit, field="text")
    # What is imported is compared with where it came from, letter by letter.
    kept = kept if imported else masked(kept)
    # By what the eye sees: a joiner or a look-alike letter makes no new statement.
    if not imported and skeleton(kept) in {skeleton(t) for t in existing}:
        raise Conflict("same_text", field="text")
    return kept


def are_the_same(one: str, two: str) -> bool:
    """By what the eye sees, whatever the case, the spaces and look-alike letters.

    >>> are_the_same("도시가 먼저다.", "도시가  먼저다."), are_the_same("도시가 먼저다.", "도시는 먼저다.")
    (True, False)
    """
    return skeleton(one) == skeleton(two)


def left_to_write(written: int, votes_cast: int) -> tuple[int, int]:
    """How many more may be written now, and how many votes earn the next: 3 at first, then 1 per 10 votes.

    >>> left_to_write(3, 4), left_to_write(3, 10), left_to_write(0, 0)
    ((0, 6), (1, 0), (3, 0))
    """
    allowed = FIRST_FREE + votes_cast // VOTES_A_STATEMENT
    if written < allowed:
        return allowed - written, 0
    return 0, VOTES_A_STATEMENT * (written - FIRST_FREE + 1) - votes_cast


def require_pace(written: int, votes_cast: int) -> None:
    """Refuse a statement too many."""
    left, needed = left_to_write(written, votes_cast)
    if not left:
        raise Conflict("write_later", field="text", n=needed)


def checked_cites(cites: Sequence[int], accepted: Collection[int]) -> list[int]:
    """A line joins two or more statements that are there."""
    kept = sorted(set(cites))
    if len(kept) < FEWEST_CITED:
        raise Unprocessable("cite_two", field="cite")
    if strange := [c for c in kept if c not in accepted]:
        raise Unprocessable("statement_unknown", field="cite", statement=strange[0])
    return kept
