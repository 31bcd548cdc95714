"""A verb each in one transaction: what commenters do, what voices do, what moderators decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from onnuri.community import blocking, commenting, reporting
from onnuri.community.models import Appeal, Block, Comment, Mark, Reaction, Report
from onnuri.conference.models import Session
from onnuri.conversation.models import Decision
from onnuri.conversation.statement import REASONS
from onnuri.errors import Conflict, NotFound, Unprocessable
from onnuri.people.models import Account, AuditEntry

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from typing import Any

    from onnuri.conversation.models import Conversation, Voice

# ---- commenters


def write(*, under: Session | Conversation, account: Account, text: str, lang: str, at: datetime) -> Comment:
    """Somebody with an account says something under a talk or a record; it stands at once."""
    with transaction.atomic():
        # Alone with this account: two forms at the same moment are counted one after the other.
        author = Account.objects.select_for_update().get(pk=account.pk)
        commenting.require_confirmed(confirmed_by=author.confirmed_by, rules=_rules_beside(under))
        kept = commenting.checked_text(text)
        if under.comments.filter(author=author, text=kept, state=Comment.State.SHOWN).exists():
            raise Conflict("comment_same", field="text")
        commenting.require_pace(author.comments.filter(at__gt=at - commenting.WITHIN).values_list("at", flat=True), at)
        return under.comments.create(author=author, text=kept, lang=lang, at=at)


def _rules_beside(under: Session | Conversation) -> Iterable[dict[str, Any]]:
    if isinstance(under, Session):
        return under.conference.conversations.values_list("rules", flat=True)
    return [under.rules]


def delete_own(*, pk: int, account: Account, at: datetime) -> Comment:
    """The author takes it back for good: its words go, and what others did with it."""
    with transaction.atomic():
        found = _locked(pk)
        commenting.require_own(own=found.author_id == account.pk)
        if found.state in {Comment.State.DELETED, Comment.State.REMOVED}:
            raise Conflict(commenting.UNREAD[found.state])
        found.state, found.text = Comment.State.DELETED, ""
        found.save(update_fields=["state", "text"])
        found.reactions.all().delete()
        found.marks.all().delete()
        found.reports.filter(settled_at__isnull=True).update(settled_at=at)
        return found


def react(*, pk: int, account: Account, at: datetime) -> Comment:
    """Somebody finds it good; once, for good."""
    with transaction.atomic():
        found = _shown(pk, at)
        _made, first = Reaction.objects.get_or_create(comment=found, account=account)
        if not first:
            raise Conflict("already_taken_part")
        return found


def report(*, pk: int, account: Account, reason: str, at: datetime) -> Report:
    """Somebody says that it breaks the rules; a person will read it."""
    with transaction.atomic():
        found = _shown(pk, at)
        before = found.reports.filter(account=account).exists()
        reporting.require_first(before=before, own=found.author_id == account.pk)
        return Report.objects.create(comment=found, account=account, reason=reporting.checked_reason(reason), at=at)


def block(*, account: Account, author: int | None) -> None:
    """One sees no comment of somebody any more. Nobody is told; twice is once."""
    Block.objects.get_or_create(account=account, blocked_id=blocking.require_other(account.pk, author))


def unblock(*, account: Account, author: int | None) -> None:
    """One sees them again."""
    Block.objects.filter(account=account, blocked=author).delete()


# ---- voices


def mark(*, pk: int, conversation: Conversation, voice: Voice, at: datetime) -> Comment:
    """A participant supports a comment beside their conversation: by the voice, and no account is asked for."""
    with transaction.atomic():
        found = _beside(pk, conversation)
        commenting.require_shown(commenting.standing(found.state, found.hidden_until, at))
        if not Mark.objects.filter(comment=found, voice=voice).exists():
            Mark.objects.create(comment=found, voice=voice)
        return found


def unmark(*, pk: int, conversation: Conversation, voice: Voice) -> Comment:
    """The support is taken back."""
    with transaction.atomic():
        found = _beside(pk, conversation)
        Mark.objects.filter(comment=found, voice=voice).delete()
        return found


def _beside(pk: int, conversation: Conversation) -> Comment:
    found = _locked(pk)
    whole = found.session.conference_id if found.session is not None else None
    if found.conversation_id != conversation.pk and (whole is None or whole != conversation.conference_id):
        raise NotFound("comment_unknown")
    return found


# ---- moderators


def hide_comment(*, pk: int, reason: str, until: datetime | None, at: datetime, who: str) -> Comment:
    """Out of sight for a time: at `until` it comes back by itself, None = until somebody decides."""
    with transaction.atomic():
        return _decide(_alive(pk), Comment.State.HIDDEN, reason, until, at, who)


def remove_comment(*, pk: int, reason: str, at: datetime, who: str) -> Comment:
    """Out of sight for good."""
    with transaction.atomic():
        return _decide(_alive(pk), Comment.State.REMOVED, reason, None, at, who)


def restore_comment(*, pk: int, at: datetime, who: str) -> Comment:
    """A decision was a mistake, or its time is over: everybody reads it again."""
    with transaction.atomic():
        found = _alive(pk)
        if found.state == Comment.State.SHOWN:
            raise Conflict("comment_shown")
        return _decide(found, Comment.State.SHOWN, "", None, at, who)


def settle_reports(*, pk: int, at: datetime) -> int:
    """A moderator has read it, and it stays as it is; the answer is how many reports that settles."""
    with transaction.atomic():
        return _locked(pk).reports.filter(settled_at__isnull=True).update(settled_at=at)


def _alive(pk: int) -> Comment:
    found = _locked(pk)
    if found.state == Comment.State.DELETED:
        raise Conflict("comment_deleted")
    return found


def _decide(
    found: Comment, state: Comment.State, reason: str, until: datetime | None, at: datetime, who: str
) -> Comment:
    if state != Comment.State.SHOWN and reason not in REASONS:
        raise Unprocessable("reason_needed", field="reason")
    found.state, found.reason, found.hidden_until = state, reason, until
    found.save(update_fields=["state", "reason", "hidden_until"])
    found.reports.filter(settled_at__isnull=True).update(settled_at=at)
    if state == Comment.State.SHOWN:
        settle_appeal(found.pk, at)
    _note(found, ACTS[state], at, who)
    return found


def settle_appeal(pk: int, at: datetime) -> None:
    """It is there again, by whatever way: what its author asked for has come."""
    waiting = Appeal.objects.filter(kind="comments", number=pk, state="waiting")
    waiting.update(state="granted", decided_at=at)


ACTS = {Comment.State.HIDDEN: "hide", Comment.State.REMOVED: "remove", Comment.State.SHOWN: "restore"}


def _note(found: Comment, act: str, at: datetime, who: str) -> None:
    """Under a record it is in that conversation's public log; under a talk in the conference's audit."""
    if found.conversation is not None:
        Decision.objects.create(
            conversation=found.conversation, kind="comments", number=found.pk, act=act, reason=found.reason, at=at,
            who=who, text=found.text,
        )  # fmt: skip
    elif found.session is not None:
        AuditEntry.objects.create(
            at=at, who=who, act=f"comment_{act}", topic=f"e/{found.session.conference.slug}",
            about={"comment": found.pk, "reason": found.reason},
        )  # fmt: skip


# ---- finding one


def _locked(pk: int) -> Comment:
    found = Comment.objects.select_for_update().filter(pk=pk).first()
    if found is None:
        raise NotFound("comment_unknown")
    return found


def _shown(pk: int, at: datetime) -> Comment:
    found = _locked(pk)
    commenting.require_shown(commenting.standing(found.state, found.hidden_until, at))
    return found
