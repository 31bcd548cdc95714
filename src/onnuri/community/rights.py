"""Requests of rights (Network Act 44-2): a text is hidden for at most 30 days, both sides are told, then it is decided.

What was requested, by whom and why, is nobody's but the requester's and the moderators'; the page shows a date.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from onnuri.community.actions import settle_appeal
from onnuri.community.models import Comment, RightsRequest
from onnuri.conversation.actions import touch
from onnuri.conversation.deciding import is_voted, write_down
from onnuri.conversation.models import Conversation, Statement
from onnuri.conversation.moderating import require_name, require_two
from onnuri.conversation.removing import bring_back
from onnuri.errors import Conflict, Forbidden, NotFound, Unprocessable
from onnuri.people.models import Account, Mail
from onnuri.text import plain_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

State = RightsRequest.State
HIDDEN_FOR: Final = timedelta(days=30)
KEPT_FOR: Final = timedelta(days=365)
"""So long a requester's own page opens."""
RIGHTS: Final = ("reputation", "privacy", "portrait", "copyright", "other")
LONGEST_WHY: Final = 1000
LONGEST_SAID: Final = 300
OPEN: Final = (State.WAITING, State.HIDDEN)
OUTCOMES: Final = ("restore", "edit", "remove", "refuse")
STATEMENTS: Final = "statements"
COMMENTS: Final = "comments"

Thing = Statement | Comment


def thing_of(kind: str, number: int, conversation: Conversation | None) -> Thing:
    """The text a request is about, as long as it is there to be read."""
    found: Thing | None = None
    if kind == STATEMENTS and conversation is not None:
        found = conversation.statements.filter(number=number, state__in=("accepted", "hidden")).first()
    elif kind == COMMENTS:
        found = Comment.objects.filter(pk=number, state__in=("shown", "hidden")).first()
    if found is None:
        raise NotFound("rights_gone")
    return found


def ask(  # noqa: PLR0913 - one form
    *,
    kind: str,
    number: int,
    conversation: Conversation | None,
    name: str,
    email: str,
    language: str,
    right: str,
    why: str,
    evidence: str,
    at: datetime,
) -> RightsRequest:
    """Say that a text infringes one's rights; a letter brings the link to one's own page."""
    kept_name = plain_text(name, limit=80, field="name")
    address = _address(email)
    if right not in RIGHTS:
        raise Unprocessable("right_needed", field="right")
    kept_why = plain_text(why, limit=LONGEST_WHY, field="why")
    kept_evidence = plain_text(evidence, limit=LONGEST_WHY, field="evidence") if evidence.strip() else ""
    with transaction.atomic():
        thing = thing_of(kind, number, conversation)
        whole = _conversation_of(thing, conversation)
        if _open_on(kind, number, whole).filter(email__iexact=address).exists():
            raise Conflict("rights_again")
        made = RightsRequest.objects.create(
            conference=_conference_of(thing, whole),
            conversation=whole,
            kind=kind,
            number=number,
            key=secrets.token_urlsafe(18),
            name=kept_name,
            email=address,
            language=language,
            right=right,
            why=kept_why,
            evidence=kept_evidence,
            at=at,
        )
        _tell(made, "rights_received", at)
        return made


def hide(*, request: int, who: str, at: datetime) -> RightsRequest:
    """Hide the text for now: for 30 days, not a day more, and both sides are told."""
    require_name(who)
    with transaction.atomic():
        asked = _open(request)
        if asked.state != State.WAITING:
            raise Conflict("already_decided")
        thing = thing_of(asked.kind, asked.number, asked.conversation)
        asked.state, asked.hidden_at, asked.hidden_until = State.HIDDEN, at, at + HIDDEN_FOR
        asked.save(update_fields=["state", "hidden_at", "hidden_until"])
        _hide_thing(thing, asked, who, at)
        _tell_both(asked, "rights_hidden", at)
        return asked


def object_to(*, request: int, text: str, at: datetime, voice: int | None = None, account: int | None = None) -> None:
    """The author says why the text should stay; once."""
    with transaction.atomic():
        asked = _open(request)
        thing = thing_of(asked.kind, asked.number, asked.conversation)
        owner = voice if isinstance(thing, Statement) else account
        if owner is None or thing.author_id != owner:
            raise Forbidden("not_your_statement")
        if asked.state != State.HIDDEN or asked.objection:
            raise Conflict("already_objected")
        asked.objection = plain_text(text, limit=LONGEST_SAID, field="text")
        asked.objected_at = at
        asked.save(update_fields=["objection", "objected_at"])
        _tell(asked, "rights_objected", at)


def decide(
    *,
    request: int,
    outcome: str,
    text: str,
    who: str,
    at: datetime,
    wording: str = "",
    figures: Mapping[str, Any] | None = None,
) -> RightsRequest:
    """Decide, with a reason that both sides read: show it again, after an edit, take it down (two people), or refuse.

    Returns: the request; its state is still "hidden" where a second person, or the author, has to agree.
    """
    require_name(who)
    if outcome not in OUTCOMES:
        raise Unprocessable("outcome_needed", field="outcome")
    with transaction.atomic():
        asked = _open(request)
        if outcome == "refuse" and asked.state != State.WAITING:
            raise Unprocessable("outcome_needed", field="outcome")
        thing = thing_of(asked.kind, asked.number, asked.conversation)
        if outcome == "remove" and asked.decided_by:
            return _second(asked, thing, who, at, figures or {})
        asked.decision = plain_text(text, limit=LONGEST_SAID, field="text")
        asked.decided_by = who
        if outcome == "edit":
            return _ask_for_edit(asked, thing, wording)
        if outcome == "remove":
            asked.save(update_fields=["decision", "decided_by"])
            return asked
        _close(asked, State.REFUSED if outcome == "refuse" else State.RESTORED, at)
        if outcome == "restore":
            _show_again(thing, who, at)
        _tell_both(asked, "rights_decided", at)
        return asked


def take_edit(*, request: int, voice: int, at: datetime) -> None:
    """The author takes the wording that was asked for: the text is there again, reworded."""
    with transaction.atomic():
        asked = _open(request)
        thing = thing_of(asked.kind, asked.number, asked.conversation)
        if not isinstance(thing, Statement) or thing.author_id != voice:
            raise Forbidden("not_your_statement")
        if not thing.suggestion:
            raise Conflict("suggestion_gone")
        thing.text, thing.suggestion = thing.suggestion, ""
        thing.save(update_fields=["text", "suggestion"])
        _close(asked, State.EDITED, at)
        _show_again(thing, asked.decided_by, at)
        _tell_both(asked, "rights_decided", at)


def lapse_due(at: datetime) -> int:
    """What was hidden for 30 days without a decision is there again, by itself; the answer is how many."""
    due = list(RightsRequest.objects.filter(state=State.HIDDEN, hidden_until__lte=at).values_list("pk", flat=True))
    for pk in due:
        with transaction.atomic():
            asked = RightsRequest.objects.select_for_update().filter(pk=pk, state=State.HIDDEN).first()
            if asked is None:
                continue
            _close(asked, State.LAPSED, at)
            thing = _thing_still_there(asked)
            if thing is not None:
                _show_again(thing, "", at)
            _tell_both(asked, "rights_lapsed", at)
    return len(due)


def request_by_key(key: str, at: datetime) -> RightsRequest:
    """The requester's own page, while its link is good."""
    found = RightsRequest.objects.select_related("conversation").filter(key=key).first()
    if found is None:
        raise NotFound("rights_unknown")
    # Of one that was settled long ago names and reasons are erased before the link is over: nothing is left to show.
    if at > found.at + KEPT_FOR or not found.email:
        raise NotFound("link_expired")
    return found


def request_of_author(number: int, account: Account | None) -> RightsRequest:
    """A request about a comment, for the one who wrote the comment."""
    found = RightsRequest.objects.filter(pk=number, kind=COMMENTS).first()
    comment = Comment.objects.filter(pk=found.number).first() if found is not None else None
    if found is None or comment is None or account is None or comment.author_id != account.pk:
        raise NotFound("rights_unknown")
    return found


def told_author(statement: Statement) -> str:
    """What the author of a statement was last told about a request that is over; empty = nothing."""
    over = RightsRequest.objects.filter(
        kind=STATEMENTS, number=statement.number, conversation=statement.conversation, hidden_at__isnull=False
    ).exclude(state__in=OPEN)
    last = over.order_by("-decided_at").first()
    return last.decision if last is not None else ""


def open_request_on(statement: Statement) -> RightsRequest | None:
    """Why a statement is hidden."""
    found: RightsRequest | None
    found = _open_on(STATEMENTS, statement.number, statement.conversation).filter(state=State.HIDDEN).first()
    return found


# ---- the text


def _hide_thing(thing: Thing, asked: RightsRequest, who: str, at: datetime) -> None:
    thing.state, thing.hidden_until = "hidden", asked.hidden_until
    thing.save(update_fields=["state", "hidden_until"])
    if isinstance(thing, Statement):
        write_down(thing.conversation, STATEMENTS, thing.number, "hide", who=who, at=at)
        touch(thing.conversation)


def _show_again(thing: Thing, who: str, at: datetime) -> None:
    if thing.state != "hidden" or _other_hides(thing):
        return
    if isinstance(thing, Statement):
        bring_back(thing.conversation, thing, who=who, at=at)
        touch(thing.conversation)
        return
    thing.state, thing.hidden_until = Comment.State.SHOWN, None
    thing.save(update_fields=["state", "hidden_until"])
    settle_appeal(thing.pk, at)


def _other_hides(thing: Thing) -> bool:
    """Whether somebody else's request still keeps it hidden."""
    if isinstance(thing, Statement):
        return bool(_open_on(STATEMENTS, thing.number, thing.conversation).filter(state=State.HIDDEN).exists())
    return RightsRequest.objects.filter(kind=COMMENTS, number=thing.pk, state=State.HIDDEN).exists()


def _second(asked: RightsRequest, thing: Thing, who: str, at: datetime, figures: Mapping[str, Any]) -> RightsRequest:
    """Taking down needs two people; the second one's word ends it."""
    require_two(asked.decided_by, who)
    asked.seconded_by = who
    asked.save(update_fields=["seconded_by"])
    _close(asked, State.REMOVED, at)
    if isinstance(thing, Statement):
        made = write_down(
            thing.conversation, STATEMENTS, thing.number, "remove", who=asked.decided_by, at=at, reason="unlawful"
        )
        made.seconded_by, made.figures = who, {**figures, "done": True}
        made.save(update_fields=["seconded_by", "figures"])
    thing.state, thing.reason, thing.hidden_until = "removed", "unlawful", None
    thing.save(update_fields=["state", "reason", "hidden_until"])
    if isinstance(thing, Statement):
        touch(thing.conversation)
    _tell_both(asked, "rights_decided", at)
    return asked


def _ask_for_edit(asked: RightsRequest, thing: Thing, wording: str) -> RightsRequest:
    if not isinstance(thing, Statement) or thing.author_id is None:
        raise Conflict("author_gone")
    if is_voted(thing):
        # Who answered it answered these words.
        raise Conflict("voted_on")
    thing.suggestion = plain_text(wording, limit=LONGEST_SAID, field="wording")
    thing.save(update_fields=["suggestion"])
    asked.save(update_fields=["decision", "decided_by"])
    touch(thing.conversation)
    return asked


def _thing_still_there(asked: RightsRequest) -> Thing | None:
    try:
        return thing_of(asked.kind, asked.number, asked.conversation)
    except NotFound:
        return None


# ---- the request


def _open(request: int) -> RightsRequest:
    found = RightsRequest.objects.select_for_update().filter(pk=request).first()
    if found is None:
        raise NotFound("rights_unknown")
    if found.state not in OPEN:
        raise Conflict("already_decided")
    return found


def _open_on(kind: str, number: int, conversation: Conversation | None) -> QuerySet[RightsRequest]:
    same = RightsRequest.objects.filter(kind=kind, number=number, state__in=OPEN)
    return same.filter(conversation=conversation) if kind == STATEMENTS else same


def _close(asked: RightsRequest, state: str, at: datetime) -> None:
    asked.state, asked.decided_at = state, at
    asked.save(update_fields=["state", "decided_at", "decision", "decided_by"])


def _conversation_of(thing: Thing, conversation: Conversation | None) -> Conversation | None:
    return thing.conversation if isinstance(thing, Comment) else conversation


def _conference_of(thing: Thing, conversation: Conversation | None) -> Any:  # noqa: ANN401 - a conference or nothing
    if isinstance(thing, Comment) and thing.session is not None:
        return thing.session.conference
    return conversation.conference if conversation is not None else None


def _address(email: str) -> str:
    try:
        validate_email(email.strip())
    except ValidationError:
        raise Unprocessable("email", field="email") from None
    return email.strip()


# ---- letters


def _tell_both(asked: RightsRequest, kind: str, at: datetime) -> None:
    """The requester by letter; the author of a comment too. Who wrote a statement is a voice: its phone is told."""
    _tell(asked, kind, at)
    author = _author(asked)
    if author is not None:
        _queue(asked, f"{kind}_by", author.email, author.language or asked.language, at)


def _author(asked: RightsRequest) -> Account | None:
    if asked.kind != COMMENTS:
        return None
    comment = Comment.objects.select_related("author").filter(pk=asked.number).first()
    return comment.author if comment is not None else None


def _tell(asked: RightsRequest, kind: str, at: datetime) -> None:
    _queue(asked, kind, asked.email, asked.language, at)


def _queue(asked: RightsRequest, kind: str, to: str, language: str, at: datetime) -> None:
    Mail.objects.create(
        topic=topic_of(asked), kind=kind, about={"request": asked.pk}, to=to, language=language, queued_at=at, due_at=at
    )


def topic_of(asked: RightsRequest) -> str:
    """What its letters belong to."""
    if asked.conference is not None:
        return f"e/{asked.conference.slug}"
    return f"c/{asked.conversation.code}" if asked.conversation is not None else "rights"
