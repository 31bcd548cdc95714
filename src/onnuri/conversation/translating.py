"""Translations of statements: a verb each in one transaction, and what pages ask. Votes attach to what was written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import transaction

from onnuri.conversation.actions import locked, touch
from onnuri.conversation.models import Conversation, Decision, Statement, Translation
from onnuri.conversation.personal import masked
from onnuri.conversation.translation import TRANSLATION_LIMIT, digest_of_text, may_be_sent
from onnuri.errors import Conflict, NotFound, Unprocessable
from onnuri.text import plain_text
from onnuri.vocabulary import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

STATEMENTS: Final = "statements"
SWITCH: Final = "translation"
"""The kind under which it is noted that texts may, or may no longer, be sent to a service outside."""


@dataclass(frozen=True)
class Rendering:
    """A statement in another language, as it may be shown."""

    text: str
    lang: str
    machine: bool
    """Made by a machine and read by nobody yet."""


# ---- what pages ask


def renderings(conversation: Conversation, lang: str) -> dict[int, Rendering]:
    """Every statement that is there in a language it was not written in; what is out of date is left out."""
    rows = list(conversation.translations.filter(kind=STATEMENTS, lang=lang))
    if not rows:
        return {}
    texts = dict(conversation.statements.filter(number__in=[r.number for r in rows]).values_list("number", "text"))
    return {
        row.number: Rendering(row.text, row.lang, machine=is_unread(row))
        for row in rows
        if row.number in texts and digest_of_text(texts[row.number]) == row.source_digest
    }


def is_unread(row: Translation) -> bool:
    """Made by a machine, and nobody has said yet that it is right."""
    return bool(row.provider) and not row.confirmed


def translatable(conversation: Conversation) -> list[Statement]:
    """What readers may see, so what may want a translation."""
    return list(conversation.statements.filter(state=Statement.State.ACCEPTED))


def missing(conversation: Conversation, lang: str) -> list[Statement]:
    """Statements that a reader of this language sees only as they were written."""
    there = renderings(conversation, lang)
    return [s for s in translatable(conversation) if s.lang != lang and s.number not in there]


def is_sent_outside(conversation: Conversation) -> bool:
    """Whether the host lets a service outside translate; off unless switched on. The switch is kept in the log."""
    last = conversation.decisions.filter(kind=SWITCH).last()
    return last is not None and last.act == "on"


def sent_outside() -> list[Conversation]:
    """The conversations whose host lets a service outside translate."""
    last = {d.conversation_id: d.act for d in Decision.objects.filter(kind=SWITCH).order_by("id")}
    return list(Conversation.objects.filter(pk__in=[pk for pk, act in last.items() if act == "on"]))


# ---- what people do


def translate(*, code: str, number: int, lang: str, text: str) -> Translation:
    """A person writes how a statement reads in another language; it wins over a machine's."""
    with transaction.atomic():
        conversation = locked(code)
        statement = _statement(conversation, number, lang)
        kept = masked(plain_text(text, limit=TRANSLATION_LIMIT, field="text"))
        written, _ = Translation.objects.update_or_create(
            conversation=conversation,
            kind=STATEMENTS,
            number=number,
            lang=lang,
            defaults={
                "text": kept,
                "source_digest": digest_of_text(statement.text),
                "provider": "",
                "confirmed": True,
            },
        )
        touch(conversation)
        return written


def confirm(*, code: str, number: int, lang: str) -> Translation:
    """A person has read a machine's translation: it is right."""
    with transaction.atomic():
        conversation = locked(code)
        statement = _statement(conversation, number, lang)
        found = conversation.translations.filter(kind=STATEMENTS, number=number, lang=lang).first()
        if found is None:
            raise NotFound("translation_unknown")
        if found.source_digest != digest_of_text(statement.text):
            raise Conflict("translation_stale")
        found.confirmed = True
        found.save(update_fields=["confirmed"])
        touch(conversation)
        return found


def take_away(*, code: str, number: int, lang: str) -> None:
    """A wrong translation goes; readers see the original."""
    with transaction.atomic():
        conversation = locked(code)
        conversation.translations.filter(kind=STATEMENTS, number=number, lang=lang).delete()
        touch(conversation)


def switch(*, code: str, on: bool, who: str, at: datetime) -> None:
    """Whether texts may be sent to a service outside; everybody is told, so it is noted like a decision."""
    with transaction.atomic():
        conversation = locked(code)
        if is_sent_outside(conversation) != on:
            conversation.decisions.create(kind=SWITCH, number=0, act="on" if on else "off", who=who[:80], at=at)
        touch(conversation)


# ---- what a machine does


def wanted(conversation: Conversation, lang: str, *, besides: Iterable[str] = ()) -> list[Statement]:
    """What a machine may translate: missing, nobody's personal data, not among the digests that were of no use."""
    useless = set(besides)
    return [
        s
        for s in missing(conversation, lang)
        if s.lang in LANGUAGES and may_be_sent(s.text) and digest_of_text(s.text) not in useless
    ]


def keep_machines(*, code: str, lang: str, provider: str, texts: Mapping[int, tuple[str, str]]) -> int:
    """Store what a machine made: number -> (the text it was given, its own). What a person wrote meanwhile stays."""
    with transaction.atomic():
        conversation = locked(code)
        there = renderings(conversation, lang)
        now = dict(conversation.statements.filter(state="accepted", number__in=texts).values_list("number", "text"))
        kept = {n: made for n, made in texts.items() if n not in there and now.get(n) == made[0]}
        for number, (source, made) in kept.items():
            Translation.objects.update_or_create(
                conversation=conversation,
                kind=STATEMENTS,
                number=number,
                lang=lang,
                defaults={
                    "text": made,
                    "source_digest": digest_of_text(source),
                    "provider": provider,
                    "confirmed": False,
                },
            )
        if kept:
            touch(conversation)
        return len(kept)


def _statement(conversation: Conversation, number: int, lang: str) -> Statement:
    if lang not in LANGUAGES:
        raise Unprocessable("language", field="to", lang=lang)
    found = conversation.statements.filter(number=number).exclude(state__in=("refused", "waiting")).first()
    if found is None:
        raise NotFound("statement_unknown", statement=number)
    if found.lang == lang:
        raise Conflict("translation_same_language", field="to")
    return found
