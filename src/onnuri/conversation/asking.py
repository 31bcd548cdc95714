"""Questions to a speaker or the host, a verb each in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max, Sum

from onnuri.conversation import question as rules
from onnuri.conversation.actions import locked, settle, touch, writer_in
from onnuri.conversation.models import Lift, Question, Statement
from onnuri.conversation.personal import masked
from onnuri.errors import Conflict, NotFound
from onnuri.text import plain_text
from onnuri.vocabulary import STATEMENT_LIMIT

if TYPE_CHECKING:
    from datetime import datetime

    from onnuri.conversation.models import Conversation, Interlude


def ask(*, code: str, voice: int, text: str, lang: str, at: datetime) -> Question:
    """Put a question; a moderator reads it before others do. During a talk it is about that talk."""
    with transaction.atomic():
        conversation = locked(code)
        author = writer_in(conversation, voice)
        if conversation.segment == "published":
            raise Conflict("sealed")
        rules.require_one_more(
            author.questions.filter(state__in=("waiting", "accepted"), answered_at__isnull=True).count()
        )
        kept = masked(plain_text(text, limit=STATEMENT_LIMIT, field="text"))
        if conversation.questions.filter(state__in=("waiting", "accepted"), text__iexact=kept).exists():
            raise Conflict("same_question", field="text")
        made = Question.objects.create(
            conversation=conversation,
            number=(conversation.questions.aggregate(last=Max("number"))["last"] or 0) + 1,
            talk=_talk(conversation),
            text=kept,
            lang=lang,
            author=author,
            channel=author.channel,
            state=Statement.State.WAITING,
            waiting_since=at,
        )
        touch(conversation)
        return made


def _talk(conversation: Conversation) -> Interlude | None:
    """What the hall is hearing, or heard last."""
    on = conversation.interlude
    if on is not None and on.kind == "talk":
        return on
    return conversation.interludes.filter(kind="talk", opened_at__isnull=False).order_by("-opened_at").first()


def decide(*, code: str, number: int, accept: bool, reason: str) -> Question:
    """The moderator publishes or refuses; a refusal needs a reason."""
    with transaction.atomic():
        conversation = locked(code)
        found = question_of(conversation, number)
        settle(found, accept=accept, reason=reason)
        touch(conversation)
        return found


def bring_back(*, code: str, number: int, at: datetime) -> Question:
    """A decision was a mistake: the question waits to be read again, and is off the big screen."""
    with transaction.atomic():
        conversation = locked(code)
        found = conversation.questions.filter(number=number, state__in=("accepted", "refused")).first()
        if found is None:
            raise NotFound("question_unknown", number=number)
        found.state, found.reason, found.waiting_since = Statement.State.WAITING, "", at
        found.answered_at = None
        found.save(update_fields=["state", "reason", "waiting_since", "answered_at"])
        _leave_the_screen(conversation, found)
        touch(conversation)
        return found


def withdraw(*, code: str, voice: int, number: int) -> None:
    """Whoever asked takes the question back, while it is not answered."""
    with transaction.atomic():
        conversation = locked(code)
        found = question_of(conversation, number)
        rules.require_own(own=found.author_id == voice, answered=found.answered_at is not None)
        found.state, found.waiting_since = Statement.State.WITHDRAWN, None
        found.save(update_fields=["state", "waiting_since"])
        _leave_the_screen(conversation, found)
        touch(conversation)


def _leave_the_screen(conversation: Conversation, found: Question) -> None:
    if conversation.question_asked_id == found.pk:
        conversation.question_asked = None
        conversation.save(update_fields=["question_asked"])


def show(*, code: str, number: int | None, at: datetime) -> None:
    """Put a question large on the big screen: it is being answered. The one before it has been; None = no more."""
    with transaction.atomic():
        conversation = locked(code)
        if conversation.question_asked_id is not None:
            Question.objects.filter(pk=conversation.question_asked_id).update(answered_at=at)
        shown = None if number is None else question_of(conversation, number)
        if shown is not None and shown.state != Statement.State.ACCEPTED:
            raise Conflict("question_unread")
        if shown is not None and shown.answered_at is not None:
            shown.answered_at = None
            shown.save(update_fields=["answered_at"])
        conversation.question_asked = shown
        conversation.save(update_fields=["question_asked"])
        touch(conversation)


def show_next(*, code: str, at: datetime) -> int | None:
    """The most wanted of the others goes on the big screen; the answer is its number, None when none is left."""
    with transaction.atomic():
        conversation = locked(code)
        asked = conversation.question_asked
        found = rules.next_of(conversation.questions.all(), lifts_of(conversation), asked.number if asked else None)
        number = None if found is None else found.number
        show(code=code, number=number, at=at)
        return number


def mark_answered(*, code: str, number: int, answered: bool, at: datetime) -> None:
    """It was answered, or it was not after all."""
    with transaction.atomic():
        conversation = locked(code)
        found = question_of(conversation, number)
        if found.state != Statement.State.ACCEPTED:
            raise Conflict("question_unread")
        found.answered_at = at if answered else None
        found.save(update_fields=["answered_at"])
        if answered:
            _leave_the_screen(conversation, found)
        touch(conversation)


def question_of(conversation: Conversation, number: int) -> Question:
    """A question that was not refused or taken back."""
    found = conversation.questions.filter(number=number, state__in=("waiting", "accepted")).first()
    if found is None:
        raise NotFound("question_unknown", number=number)
    return found


def lifts_of(conversation: Conversation) -> dict[int, int]:
    """How many want to hear the answer, by the question's number."""
    rows = Lift.objects.filter(question__conversation=conversation, value=1)
    lifted = dict(rows.values_list("question__number").annotate(n=Sum("value")))
    return {number: lifted.get(number, 0) for number in conversation.questions.values_list("number", flat=True)}
