"""Hints on what somebody wrote: abuse, personal data.

They ask the author once and order a queue; they decide nothing.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from onnuri.conversation.abuse import abuse
from onnuri.conversation.personal import masked, personal

__all__ = ["Hint", "hints", "masked"]


class Hint(NamedTuple):
    """Something a person should look at: which letters, and what they look like."""

    kind: Literal["abuse", "personal"]
    span: tuple[int, int]
    what: str
    """Of personal data what it looks like (`onnuri.conversation.personal.What`); of abuse the words themselves."""


def hints(text: str) -> list[Hint]:
    """Everything worth a second look, from the left.

    >>> hints("Write to me: kim@example.org, you idiot")
    [Hint(kind='personal', span=(13, 28), what='email'), Hint(kind='abuse', span=(34, 39), what='idiot')]
    """
    private = [Hint("personal", found.span, found.what) for found in personal(text)]
    rude = [Hint("abuse", span, text[slice(*span)]) for span in abuse(text)]
    return sorted([*private, *rude], key=lambda hint: hint.span)
