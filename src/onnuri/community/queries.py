"""What pages and the moderators' desk ask of comments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db.models import Case, Count, Min, Q, QuerySet, When

from onnuri.community.models import Block, Comment, Mark, Reaction, Report
from onnuri.community.reporting import FOLDS_AT
from onnuri.community.standing import Standing, in_order, supporting_groups
from onnuri.conference.models import Conference
from onnuri.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from onnuri.community.standing import Order
    from onnuri.conference.models import Session
    from onnuri.conversation.models import Conversation
    from onnuri.people.models import Account

OPEN: Final = Q(reports__settled_at__isnull=True, reports__isnull=False)
"""A report nobody has decided on."""


def comment_of(pk: int) -> Comment:
    """Find it or refuse."""
    about = ("author", "session__conference", "conversation__conference")
    found = Comment.objects.select_related(*about).filter(pk=pk).first()
    if found is None:
        raise NotFound("comment_unknown")
    return found


def read_by_all(at: datetime) -> Q:
    """What stands now: shown, or hidden until a moment that has passed."""
    return Q(state=Comment.State.SHOWN) | Q(state=Comment.State.HIDDEN, hidden_until__lte=at)


# ---- one list


def listed(
    under: Session | Conversation, order: Order, *, blocked: Iterable[int] = (), groups: Mapping[int, int | None]
) -> list[int]:
    """Keys of all comments in an order, without those of the blocked.

    Args:
        under: the talk, or the conversation whose record it is.
        order: see `standing`.
        blocked: accounts the reader does not want to read.
        groups: the group of each voice in the last landscape.
    """
    counted = under.comments.exclude(author__in=list(blocked)).annotate(liked=Count("reactions"))
    support = support_of(under, groups)
    return in_order(
        order,
        (
            Standing(pk, at, liked, support.get(pk, 0))
            for pk, at, liked in counted.values_list("pk", "at", "liked")
        ),
    )  # fmt: skip


def support_of(under: Session | Conversation, groups: Mapping[int, int | None]) -> dict[int, int]:
    """In how many groups each comment is supported, by its key; only from two on."""
    voices: dict[int, list[int]] = {}
    for comment, voice in marks_under(under).values_list("comment_id", "voice_id"):
        voices.setdefault(comment, []).append(voice)
    return {pk: supporting_groups(own, groups) for pk, own in voices.items()}


def marks_under(under: Session | Conversation) -> QuerySet[Mark]:
    """Every voice's support below one talk or record."""
    return Mark.objects.filter(comment__in=under.comments.all(), voice__isnull=False)


@dataclass(frozen=True)
class Counted:
    """A comment, how many found it good, and how many reported it and wait for a decision."""

    comment: Comment
    liked: int
    reported: int


def in_full(keys: Sequence[int]) -> list[Counted]:
    """These comments in this order."""
    here = Comment.objects.filter(pk__in=keys)
    liked = dict(here.values_list("pk").annotate(n=Count("reactions")))
    reported = dict(here.values_list("pk").annotate(n=Count("reports", filter=OPEN)))
    by_key = here.select_related("author").in_bulk()
    return [Counted(by_key[key], liked[key], reported[key]) for key in keys if key in by_key]


def count_under(under: Session | Conversation, at: datetime) -> int:
    """How many everybody can read."""
    return under.comments.filter(read_by_all(at)).count()


def counts_by_session(conference: Conference, at: datetime) -> dict[int, int]:
    """The same of each session of a programme that has any."""
    found = Comment.objects.filter(read_by_all(at), session__conference=conference)
    return dict(found.values_list("session_id").annotate(n=Count("id")))


# ---- one reader


def blocked_by(account: Account | None) -> set[int]:
    """Whose comments somebody does not want to read."""
    if account is None:
        return set()
    return set(Block.objects.filter(account=account).values_list("blocked_id", flat=True))


def withheld_from(account: Account | None, under: Session | Conversation, at: datetime) -> dict[int, int]:
    """How many comments of each blocked author somebody does not see here."""
    found = under.comments.filter(read_by_all(at), author__in=blocked_by(account))
    return dict(found.order_by().values_list("author_id").annotate(n=Count("id")))


def reacted(account: Account | None, keys: Sequence[int]) -> set[int]:
    """Which of these somebody found good."""
    if account is None:
        return set()
    return set(Reaction.objects.filter(account=account, comment__in=keys).values_list("comment_id", flat=True))


def reported_by(account: Account | None, keys: Sequence[int]) -> set[int]:
    """Which of these somebody reported."""
    if account is None:
        return set()
    return set(Report.objects.filter(account=account, comment__in=keys).values_list("comment_id", flat=True))


def marked_by(voice: int | None, keys: Sequence[int]) -> set[int]:
    """Which of these a voice supports."""
    if voice is None:
        return set()
    return set(Mark.objects.filter(voice=voice, comment__in=keys).values_list("comment_id", flat=True))


# ---- the moderators' desk


def reported(within: Conversation | Conference) -> list[Comment]:
    """Comments with reports nobody has decided on: those that are folded first, then by the oldest report.

    Each has `people` (how many reported it) and `reported_at` (when the first one did); `reasons_of` gives their words.

    Args:
        within: a conversation = what is under its record; a conference = under its talks and under all its records.
    """
    here = Q(conversation=within)
    if isinstance(within, Conference):
        here = Q(session__conference=within) | Q(conversation__conference=within)
    found = (
        Comment.objects.filter(here)
        .exclude(state__in=(Comment.State.DELETED, Comment.State.REMOVED))
        .select_related("author", "session__conference", "conversation")
        .annotate(people=Count("reports", filter=OPEN), reported_at=Min("reports__at", filter=OPEN))
        .filter(people__gt=0)
    )
    folded_first = Case(When(people__gte=FOLDS_AT, then=0), default=1)
    return list(found.order_by(folded_first, "reported_at", "pk"))


def reasons_of(comment: Comment) -> list[str]:
    """Why it was reported, in the reporters' words, the oldest first; nobody is told whose they are."""
    open_ones = comment.reports.filter(settled_at__isnull=True).order_by("at", "pk")
    return list(open_ones.values_list("reason", flat=True))
