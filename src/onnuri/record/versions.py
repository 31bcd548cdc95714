"""Every format and every method that a record may be of. A published record stays checkable for ever.

A new format gets a row in FORMATS, a new method one in METHODS. Golden records of each lie in `tests/record/golden`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, TypeGuard

from onnuri.record.document import SIGNATURE, SUMS
from onnuri.record.page import PAGE
from onnuri.vocabulary import METHOD_VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping

_FIRST: Final = frozenset(
    {
        "record.json",
        "landscape.json",
        "slate.json",
        "statements.csv",
        "lines.csv",
        "votes.csv",
        "ballots.csv",
        "log.csv",
        SUMS,
        SIGNATURE,
    }
)
FORMATS: Final[Mapping[int, frozenset[str]]] = {1: _FIRST, 2: _FIRST | {PAGE}}
"""Format -> the files it has. 2 adds the page that checks itself."""

METHODS: Final[Mapping[str, frozenset[str]]] = {"1": frozenset(), "2": frozenset({"robustness", "set_apart"})}
"""Method -> the parts of its certificate that rest on its landscape. Once a method lies behind us these are taken as
stated, like the landscape itself; everything else is computed again."""

Method = Literal["today's", "past", "unknown"]


def method_of(rules: Mapping[str, Any]) -> Method:
    """How a record made by these rules can be checked here.

    >>> method_of({"method": METHOD_VERSION}), method_of({"method": "some day"})
    ("today's", 'unknown')
    """
    if rules["method"] == METHOD_VERSION:
        return "today's"
    return "past" if rules["method"] in METHODS else "unknown"


def files_of(head: Mapping[str, Any]) -> frozenset[str]:
    """The files that belong to a record with this head; those of the newest format where it names none we know.

    A very large record has no page: no browser would hold it. One with sealed rows has no rows.
    """
    form = head.get("format")
    if not is_known(form):
        return FORMATS[max(FORMATS)]
    files = FORMATS[form] - {PAGE} if head.get("page") is None else FORMATS[form]
    return files - {"votes.csv", "ballots.csv"} if isinstance(head.get("sealed"), dict) else files


def is_known(form: object) -> TypeGuard[int]:
    """Whether this is a format that can be checked."""
    return type(form) is int and form in FORMATS
