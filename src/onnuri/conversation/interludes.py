"""What the host does between rounds, a verb each in one transaction."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max

from onnuri.conversation import interlude as rules
from onnuri.conversation.actions import locked, touch
from onnuri.conversation.models import Interlude, PollAnswer, Question, Word
from onnuri.conversation.round import closing_at
from onnuri.errors import Conflict, NotFound, Unprocessable
from onnuri.text import plain_text

if TYPE_CHECKING:
    from collections.abc import Mapping
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


def take_off(*, code: str, at: datetime) -> None:
    """End what is on; a poll takes answers for two seconds more and is then counted."""
    with transaction.atomic():
        conversation = locked(code)
        if conversation.interlude_id is None:
            raise Conflict("nothing_on")
        ended = conversation.interlude
        _end(conversation, at)
        # The outcome of a poll stays to be seen until the host goes on.
        if ended is None or ended.kind not in rules.POLLS or ended.result is not None:
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
    """The figures: people by channel, and of each option, point or word how many chose it.

    Returns: {"people": n, "channels": {channel: n}, "parts": {key: {channel: n}}}; the key is the option's number, the
    point or the word itself.
    """
    # A voice that was erased meanwhile has no channel, and nothing of it counts.
    rows = PollAnswer.objects.filter(interlude=found, voice__channel__isnull=False).values_list(
        "voice_id", "voice__channel", "part", "value", "text"
    )
    people: dict[int, str] = {}
    parts: dict[str, Counter[str]] = {}
    for voice, channel, part, value, text in rows:
        if found.kind in {"multi", "words"} and value == 0:
            continue
        people[voice] = channel
        key = text if found.kind == "words" else str(part if found.kind == "multi" else value)
        parts.setdefault(key, Counter())[channel] += 1
    return {
        "people": len(people),
        "channels": dict(Counter(people.values())),
        "parts": {key: dict(counts) for key, counts in sorted(parts.items())},
    }


def decide_word(*, code: str, number: int, word: str, accept: bool) -> None:
    """A moderator lets a word onto the cloud, or keeps it off."""
    with transaction.atomic():
        conversation = locked(code)
        found = _found(conversation, number)
        if found.kind != "words":
            raise Conflict("not_a_cloud")
        Word.objects.update_or_create(interlude=found, text=rules.folded_word(word), defaults={"accepted": accept})
        touch(conversation)


def accept_all_words(*, code: str, number: int) -> int:
    """Everything that was said so far and not kept off goes onto the cloud; the answer is how many words."""
    with transaction.atomic():
        conversation = locked(code)
        found = _found(conversation, number)
        words = unread_words(found)
        Word.objects.bulk_create(Word(interlude=found, text=word, accepted=True) for word in words)
        touch(conversation)
        return len(words)


def unread_words(found: Interlude) -> list[str]:
    """Words nobody has decided on, in the order of the alphabet: no figure of an open poll is in it."""
    said = PollAnswer.objects.filter(interlude=found, value=1).exclude(text="").values_list("text", flat=True)
    return sorted(set(said) - set(found.words.values_list("text", flat=True)))


def _found(conversation: Conversation, number: int) -> Interlude:
    found = conversation.interludes.filter(number=number).first()
    if found is None:
        raise NotFound("interlude_unknown", number=number)
    return found


def _next_number(conversation: Conversation) -> int:
    return (conversation.interludes.aggregate(last=Max("number"))["last"] or 0) + 1
