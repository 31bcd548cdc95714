"""What may be done with a text that people wrote, and who may do it. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from onnuri.errors import Conflict, Forbidden

if TYPE_CHECKING:
    from datetime import datetime

UNDO_WITHIN: Final = timedelta(seconds=10)
"""Long enough for a wrong key, short enough that nobody was told of a decision that is gone again."""
UNREAD: Final = frozenset({"waiting", "held"})
UNDONE: Final = frozenset({"accept", "refuse", "hold", "merge", "suggest"})
SECONDS_A_STEP: Final = 10
"""How finely it is kept how long texts waited: one by one it would tie a voice to a moment."""


def is_account(who: str) -> bool:
    """Whether the name of an actor is an account's: it begins with the account's number.

    >>> is_account("#12 Mina"), is_account("Mina")
    (True, False)
    """
    number, _space, _name = who.partition(" ")
    return number.startswith("#") and number[1:].isdecimal()


def person(who: str) -> str:
    """What tells two actors apart: an account's number, whatever it is called now, or the name told to a link.

    >>> person("#12 Mina"), person(" Mina ")
    ('#12', 'mina')
    """
    return who.partition(" ")[0] if is_account(who) else who.strip().casefold()


def require_name(who: str) -> None:
    """Some acts are written down with a name."""
    if not who.strip():
        raise Forbidden("who_needed", field="who")


def require_another(first: str, second: str) -> None:
    """Whoever looks again is not the one who looked first."""
    require_name(second)
    if person(first) == person(second):
        raise Forbidden("other_person")


def require_two(first: str, second: str) -> None:
    """Two people, of whom at least one has an account: to a link anybody may tell two names."""
    require_another(first, second)
    if not (is_account(first) or is_account(second)):
        raise Forbidden("two_accounts")


def require_unread(state: str) -> None:
    """Decided is decided."""
    if state not in UNREAD:
        raise Conflict("already_decided")


def require_undoable(act: str, *, since: timedelta, voted: bool) -> None:
    """The last act is taken back at once, and only while nothing has come of it."""
    if act not in UNDONE or since > UNDO_WITHIN or voted:
        raise Conflict("undo_late")


def step_of(since: datetime | None, at: datetime) -> str | None:
    """In which step of waiting a text was decided, as the first second of that step."""
    if since is None:
        return None
    seconds = max(0, int((at - since).total_seconds()))
    return str(seconds // SECONDS_A_STEP * SECONDS_A_STEP)


def median_wait(steps: dict[str, int]) -> int | None:
    """Within how many seconds half of the texts were decided, rounded up to a step; None while none was.

    >>> median_wait({"0": 1, "100": 3, "900": 1})
    110
    """
    total, passed = sum(steps.values()), 0
    for step in sorted(steps, key=int):
        passed += steps[step]
        if 2 * passed > total:
            return int(step) + SECONDS_A_STEP
    return None
