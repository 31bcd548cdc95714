"""What the host does between rounds, a verb each in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max

from onnuri.conversation import interlude as rules
from onnuri.conversation.actions import locked, touch
from onnuri.conversation.models import Interlude, PollAnswer, Question, Word
from onnuri.conversation.round import closing_at
from onnuri.conversation.tally import tally
from onnuri.errors import Conflict, NotFound, Unprocessable
from onnuri.text import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from onnuri.conversation.models import Conversation

SCREENS = ("", "join", "share", "map", "questions", "drafting", "blank")
"""What a host may put on the big screen whatever is on; empty = what is on."""


def prepare(
    *,
    code: str,
    kind: str,
    title: Mapping[str, str],
    speaker: Mapping[str, str] | None = None,
    settings: Mapping[str, Any] | None = None,
    number: int | None = None,
) -> Interlude:
    """Make an interlude ready, or change one that was not put on yet (`number`)."""
    if kind not in rules.KINDS:
        raise Unprocessable("interlude_kind", field="kind")
    named = {
        lang: plain_text(text, limit=rules.TITLE_LIMIT, field="title") for lang, text in title.items() if text.strip()
    }
    if not named and kind in rules.POLLS | {"talk"}:
        raise Unprocessable("text_blank", field="title")
    spoken = {lang: plain_text(t, limit=80, field="speaker") for lang, t in (speaker or {}).items() if t.strip()}
    kept = rules.checked_settings(kind, settings or {})
    with transaction.atomic():
        conversation = locked(code)
        if number is None:
            made = Interlude(conversation=conversation, number=_next_number(conversation))
        else:
            made = _found(conversation, number)
            if made.opened_at is not None:
                raise Conflict("interlude_was_on")
        made.kind, made.title, made.speaker, made.settings = kind, named, spoken, kept
        made.save()
        touch(conversation)
        return made


def discard(*, code: str, number: int) -> None:
    """Take back what was prepared and never put on."""
    with transaction.atomic():
        conversation = locked(code)
        found = _found(conversation, number)
        if found.opened_at is not None:
            raise Conflict("interlude_was_on")
        found.delete()
        touch(conversation)


def put_on(*, code: str, number: int, at: datetime, closes_at: datetime | None = None) -> Interlude:
    """Put an interlude on; what was on before it ends. A poll is asked once, everything else may come again."""
    with transaction.atomic():
        conversation = locked(code)
        rules.require_between(conversation.segment)
        found = _found(conversation, number)
        rules.require_may_come_again(found.kind, was_on=found.opened_at is not None)
        _end(conversation, at)
        found.opened_at, found.closed_at, found.closes_at = found.opened_at or at, None, closes_at
        found.save(update_fields=["opened_at", "closed_at", "closes_at"])
        conversation.interlude = found
        conversation.screen = ""
        conversation.save(update_fields=["interlude", "screen"])
        touch(conversation)
        return found


def take_off(*, code: str, at: datetime, number: int | None = None) -> None:
    """End what is on; a poll takes answers for two seconds more and is then counted.

    Args:
        code: of the conversation.
        at: now.
        number: what the host saw on; if something else is on by now, nothing is ended.
    """
    with transaction.atomic():
        conversation = locked(code)
        ended = conversation.interlude
        if ended is None or number not in {None, ended.number}:
            raise Conflict("nothing_on")
        _end(conversation, at)
        # The outcome of a poll stays to be seen until the host goes on.
        if ended.kind not in rules.POLLS or ended.result is not None:
            conversation.interlude = None
            conversation.save(update_fields=["interlude"])
        touch(conversation)


def set_timer(*, code: str, at: datetime, seconds: int, anew: bool = False) -> datetime | None:
    """When what is on ends by the clock: so many seconds more, or from now where `anew`; 0 = no clock."""
    with transaction.atomic():
        conversation = locked(code)
        on = conversation.interlude
        if on is None or on.closed_at is not None:
            raise Conflict("nothing_on")
        on.closes_at = closing_at(on.closes_at, at=at, seconds=seconds, anew=anew)
        on.save(update_fields=["closes_at"])
        touch(conversation)
        return on.closes_at


def end_for_round(conversation: Conversation, at: datetime) -> None:
    """A round begins: nothing else is on. The caller holds the lock and saves what it changes."""
    _end(conversation, at)
    if conversation.interlude_id is not None or conversation.screen:
        conversation.interlude = None
        conversation.screen = ""
        conversation.save(update_fields=["interlude", "screen"])


def _end(conversation: Conversation, at: datetime) -> None:
    on = conversation.interlude
    if on is not None and on.closed_at is None:
        on.closed_at = at
        on.save(update_fields=["closed_at"])
    if conversation.question_asked_id is not None:
        Question.objects.filter(pk=conversation.question_asked_id).update(answered_at=at)
        conversation.question_asked = None
        conversation.save(update_fields=["question_asked"])


def choose_screen(*, code: str, screen: str) -> None:
    """What the big screen shows whatever is on; empty = it follows."""
    if screen not in SCREENS:
        raise Unprocessable("screen", field="screen")
    with transaction.atomic():
        conversation = locked(code)
        conversation.screen = screen
        conversation.save(update_fields=["screen"])
        touch(conversation)


def count(*, code: str, number: int, at: datetime) -> Interlude:
    """Count a poll that closed two seconds ago, once."""
    with transaction.atomic():
        conversation = locked(code)
        found = _found(conversation, number)
        if found.closed_at is None or at < found.closed_at + rules.GRACE:
            raise Conflict("poll_open")
        if found.result is None and found.kind in rules.POLLS:
            found.result = counted(found)
            found.save(update_fields=["result"])
            touch(conversation)
        return found


def counted(found: Interlude) -> dict[str, Any]:
    """The figures of a poll, as `conversation.tally` says them."""
    # A voice that was erased meanwhile has no channel, and nothing of it counts.
    rows = PollAnswer.objects.filter(interlude=found, voice__channel__isnull=False)
    return tally(found.kind, rows.values_list("voice_id", "voice__channel", "part", "value", "text"))


def ask_again(*, code: str, number: int) -> Interlude:
    """The same poll, prepared once more under a number of its own."""
    with transaction.atomic():
        found = _found(locked(code), number)
        return prepare(
            code=code, kind=found.kind, title=found.title, speaker=found.speaker, settings=dict(found.settings)
        )


def decide_words(*, code: str, number: int, off: Iterable[str] = (), on: Iterable[str] = ()) -> tuple[int, int]:
    """A moderator takes words off and lets others on, in one press; the answer is how many of each.

    Args:
        code: of the conversation.
        number: of the poll.
        off: words that are kept off, whether they were on or unread.
        on: words that were shown and read. Of these only the unread go on: what another moderator took off stays off,
            and what came in since nobody has read.
    """
    with transaction.atomic():
        conversation = locked(code)
        found = _cloud(conversation, number)
        said = {rules.folded_word(word) for word in said_words(found)}
        away = {rules.folded_word(word) for word in off} & said
        decided = set(found.words.values_list("text", flat=True))
        let_on = ({rules.folded_word(word) for word in on} & said) - away - decided
        for words, accepted in ((away, False), (let_on, True)):
            Word.objects.bulk_create(
                [Word(interlude=found, text=word, accepted=accepted) for word in sorted(words)],
                update_conflicts=True,
                unique_fields=["interlude", "text"],
                update_fields=["accepted"],
            )
        touch(conversation)
        return len(away), len(let_on)


def undecide_word(*, code: str, number: int, word: str) -> None:
    """Take a decision back: the word is unread again."""
    with transaction.atomic():
        conversation = locked(code)
        found = _cloud(conversation, number)
        key = rules.folded_word(word)
        found.words.filter(pk__in=[one.pk for one in found.words.all() if one.text == key]).delete()
        touch(conversation)


def unread_words(found: Interlude) -> list[str]:
    """Words nobody has decided on, every spelling, in the order of the alphabet: no figure of an open poll is in it."""
    decided = set(found.words.values_list("text", flat=True))
    return [word for word in said_words(found) if rules.folded_word(word) not in decided]


def said_words(found: Interlude) -> list[str]:
    """Every spelling of every word, in the order of the alphabet."""
    rows = PollAnswer.objects.filter(interlude=found, value=1).exclude(text="")
    return sorted(set(rows.values_list("text", flat=True)))


def _cloud(conversation: Conversation, number: int) -> Interlude:
    found = _found(conversation, number)
    if found.kind != "words":
        raise Conflict("not_a_cloud")
    return found


def _found(conversation: Conversation, number: int) -> Interlude:
    found = conversation.interludes.filter(number=number).first()
    if found is None:
        raise NotFound("interlude_unknown", number=number)
    return found


def _next_number(conversation: Conversation) -> int:
    return (conversation.interludes.aggregate(last=Max("number"))["last"] or 0) + 1
