"""Appeals about comments: the author of one that was put away asks once that another moderator looks again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction

from onnuri.community.actions import restore_comment
from onnuri.community.models import Appeal, Comment, RightsRequest
from onnuri.community.queries import comment_of
from onnuri.conversation.models import Decision
from onnuri.conversation.moderating import require_another, require_name
from onnuri.errors import Conflict, Forbidden
from onnuri.people.models import AuditEntry
from onnuri.text import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from onnuri.people.models import Account

COMMENTS: Final = "comments"
LIMIT: Final = 300
OF_RIGHTS: Final = (RightsRequest.State.WAITING, RightsRequest.State.HIDDEN, RightsRequest.State.REMOVED)
AWAY: Final = (Comment.State.HIDDEN, Comment.State.REMOVED)


def appeal_comment(*, pk: int, account: Account, text: str, lang: str, at: datetime) -> Appeal:
    """Ask for a second look at one's own comment, in a sentence, once.

    Raises:
        NotFound: comment_unknown.
        Forbidden: comment_of_another.
        Conflict: already_appealed, comment_nothing_to_appeal - it is there, or its author deleted it.
        Unprocessable: text_blank, text_too_long.
    """
    with transaction.atomic():
        found = Comment.objects.select_for_update().get(pk=comment_of(pk).pk)
        require_appealable(found, account)
        kept = plain_text(text, limit=LIMIT, field="text")
        return Appeal.objects.create(
            conversation=found.conversation, kind=COMMENTS, number=pk, text=kept, lang=lang, at=at
        )


def require_appealable(found: Comment, account: Account) -> None:
    """Whether this account may ask now; see `appeal_comment`."""
    if found.author_id != account.pk:
        raise Forbidden("comment_of_another")
    if appeals_of([found.pk]):
        raise Conflict("already_appealed")
    if not may_be_appealed(found):
        raise Conflict("comment_nothing_to_appeal")


def may_be_appealed(found: Comment) -> bool:
    """Whether a moderator has put it away with a reason; a request of rights has its own clock, objection and two."""
    return found.state in AWAY and bool(found.reason) and not _is_of_rights(found)


def _is_of_rights(found: Comment) -> bool:
    of_rights = RightsRequest.objects.filter(kind=COMMENTS, number=found.pk, state__in=OF_RIGHTS)
    return found.hidden_until is not None or of_rights.exists()


def decide_comment_appeal(*, pk: int, grant: bool, who: str, at: datetime) -> Appeal:
    """Somebody who did not decide on the comment before looks at it again: it is back, or it stays away."""
    with transaction.atomic():
        found = Comment.objects.select_for_update().get(pk=comment_of(pk).pk)
        asked = appeals_of([pk]).get(pk)
        if asked is None or asked.state != "waiting" or found.state not in AWAY or _is_of_rights(found):
            raise Conflict("already_decided")
        require_name(who)
        for before in deciders_of_comment(found):
            require_another(before, who)
        if grant:
            restore_comment(pk=pk, at=at, who=who)
        asked.state = "granted" if grant else "refused"
        asked.decided_at, asked.decided_by = at, who
        asked.save(update_fields=["state", "decided_at", "decided_by"])
        return asked


def appeals_of(keys: Iterable[int]) -> dict[int, Appeal]:
    """What was asked about these comments, by their key."""
    return {one.number: one for one in Appeal.objects.filter(kind=COMMENTS, number__in=list(keys))}


def deciders_of_comment(found: Comment) -> list[str]:
    """Everybody who put it away: under a record they stand in the log, under a talk in the conference's audit."""
    if found.session is None:
        logged = Decision.objects.filter(kind=COMMENTS, number=found.pk, act__in=("hide", "remove"))
        return sorted(set(logged.exclude(who="").values_list("who", flat=True)))
    topic = f"e/{found.session.conference.slug}"
    noted = AuditEntry.objects.filter(topic=topic, act__in=("comment_hide", "comment_remove"), about__comment=found.pk)
    return sorted(set(noted.exclude(who="").values_list("who", flat=True)))
