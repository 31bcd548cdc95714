"""Rules of questions: the order they stand in, and who may take one back. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeVar

from onnuri.errors import Conflict, Forbidden

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

Order = Literal["wanted", "new", "answered"]
ORDERS: Final[tuple[Order, ...]] = ("wanted", "new", "answered")
"""The ways a reader may look at them; the first one is what the stage follows."""

MOST_OPEN: Final = 3
"""Questions of one voice that wait or are not answered yet."""


class Asked(Protocol):
    """What the rules look at of a question."""

    number: int
    state: str
    answered_at: datetime | None


Q = TypeVar("Q", bound=Asked)


def in_order(
    questions: Iterable[Q], lifts: Mapping[int, int], order: Order = "wanted", asked: int | None = None
) -> list[Q]:
    """Published questions as a reader wants them: most wanted first, newest first, or what was answered, last first.

    Args:
        questions: all of a conversation; what was not published is left out.
        lifts: how many want to hear each, by number.
        order: how to look at them. Equals stand as they came in.
        asked: the number of the one that is being answered; it stands before the others.
    """
    published = [q for q in questions if q.state == "accepted"]
    if order == "answered":
        answered = [(q.answered_at, q.number, q) for q in published if q.answered_at is not None]
        return [q for _at, _number, q in sorted(answered, key=lambda one: one[:2], reverse=True)]
    still = [q for q in published if q.answered_at is None]
    if order == "new":
        return sorted(still, key=lambda q: -q.number)
    return sorted(still, key=lambda q: (q.number != asked, -lifts.get(q.number, 0), q.number))


def next_of(questions: Iterable[Q], lifts: Mapping[int, int], asked: int | None) -> Q | None:
    """The one to answer after `asked`: the most wanted of the others."""
    return next((q for q in in_order(questions, lifts) if q.number != asked), None)


def require_one_more(still_open: int) -> None:
    """Refuse a question too many, so that a few people do not fill the list."""
    if still_open >= MOST_OPEN:
        raise Conflict("questions_enough", field="text", most=MOST_OPEN)


def require_own(*, own: bool, answered: bool) -> None:
    """Only who asked takes a question back, and only before it was answered."""
    if not own:
        raise Forbidden("not_your_question")
    if answered:
        raise Conflict("question_answered")


def order_in(written: str) -> Order:
    """The order a reader asked for in an address; most wanted first where nothing sensible was asked.

    >>> order_in("new"), order_in("loudest")
    ('new', 'wanted')
    """
    return next((order for order in ORDERS if order == written), "wanted")
