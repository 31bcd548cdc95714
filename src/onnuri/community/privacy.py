"""What an account left among the comments: handed over to its owner, or taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q

from onnuri.community.models import Appeal, Block, Comment, Mark, Reaction, Report
from onnuri.conversation.models import Decision

if TYPE_CHECKING:
    from onnuri.people.models import Account


def export_of(account: Account) -> dict[str, Any]:
    """Everything the comments know of an account, in words and dates; nothing of what a voice did is among it."""
    return {
        "comments": [
            {
                "number": one.pk,
                "under": _place(one),
                "at": one.at.isoformat(),
                "text": one.text,
                "lang": one.lang,
                "state": one.state,
            }
            for one in account.comments.select_related("session__conference", "conversation").order_by("pk")
        ],
        "reactions": list(account.reactions.order_by("comment_id").values_list("comment_id", flat=True)),
        "reports": [
            {"comment": one.comment_id, "reason": one.reason, "at": one.at.isoformat()}
            for one in account.reports.order_by("pk")
        ],
        "appeals": [
            {"comment": one.number, "text": one.text, "at": one.at.isoformat(), "state": one.state}
            for one in Appeal.objects.filter(kind="comments", number__in=account.comments.values("pk")).order_by("pk")
        ],
        "blocks": [one.blocked.alias for one in account.blocks.select_related("blocked").order_by("pk")],
    }


def _place(one: Comment) -> str:
    if one.session is not None:
        return f"/e/{one.session.conference.slug}/sessions/{one.session.pk}/comments"
    return f"/r/{one.conversation.code}/comments" if one.conversation is not None else ""


def erase(account: Account) -> None:
    """Comments become placeholders of nobody; what others did with them goes, and what the account did with others'."""
    with transaction.atomic():
        own = list(account.comments.values_list("pk", flat=True))
        Reaction.objects.filter(Q(account=account) | Q(comment__in=own)).delete()
        Report.objects.filter(Q(account=account) | Q(comment__in=own)).delete()
        Mark.objects.filter(comment__in=own).delete()
        Appeal.objects.filter(kind="comments", number__in=own).delete()
        Block.objects.filter(Q(account=account) | Q(blocked=account)).delete()
        # The moderators' log keeps that something was decided, and no word of it.
        Decision.objects.filter(kind="comments", number__in=own).update(text="")
        Comment.objects.filter(pk__in=own).update(
            author=None, text="", state=Comment.State.DELETED, reason="", hidden_until=None
        )
