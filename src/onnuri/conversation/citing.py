"""Evidence and what is challenged in it, a verb each in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Count, Max

from onnuri.conversation import evidence as rules
from onnuri.conversation.actions import locked, settle, touch, writer_in
from onnuri.conversation.models import Challenge, ChallengeVote, Evidence, Statement
from onnuri.conversation.personal import masked
from onnuri.errors import Conflict, Forbidden, NotFound
from onnuri.text import plain_text
from onnuri.vocabulary import CHANNELS, STATEMENT_LIMIT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from onnuri.conversation.models import Conversation

MOST_CHALLENGES = 3
"""Challenges of one voice that wait or are open."""


def attach(
    *,
    code: str,
    card: Mapping[str, str],
    lang: str,
    at: datetime,
    statement: int | None = None,
    talk: int | None = None,
    voice: int | None = None,
) -> Evidence:
    """Put a card on one's own statement or line, or as organiser (`voice` None) on any, and on a talk."""
    kept = rules.checked_card(card)
    with transaction.atomic():
        conversation = locked(code)
        if conversation.segment == "published":
            raise Conflict("sealed")
        author = None if voice is None else writer_in(conversation, voice)
        about = _thing(conversation, statement, talk)
        if author is not None and about.get("statement") is None:
            raise Forbidden("not_yours")
        if author is not None and about["statement"].author_id != author.pk:
            raise Forbidden("not_yours")
        if Evidence.objects.filter(**about).exclude(state="refused").count() >= rules.MOST_A_STATEMENT:
            raise Conflict("evidence_enough", most=rules.MOST_A_STATEMENT)
        made = Evidence.objects.create(
            conversation=conversation,
            number=_next(conversation.evidence),
            **about,
            **vars(kept),
            lang=lang,
            author=author,
            state=Statement.State.ACCEPTED if author is None else Statement.State.WAITING,
            waiting_since=None if author is None else at,
        )
        touch(conversation)
        return made


def _thing(conversation: Conversation, statement: int | None, talk: int | None) -> dict[str, Any]:
    if statement is not None and talk is None:
        found = conversation.statements.filter(number=statement, state__in=("waiting", "accepted")).first()
        if found is None:
            raise NotFound("statement_unknown", statement=statement)
        return {"statement": found}
    heard = conversation.interludes.filter(number=talk or 0, kind="talk").first()
    if heard is None or statement is not None:
        raise NotFound("interlude_unknown", number=talk)
    return {"talk": heard}


def decide_card(*, code: str, number: int, accept: bool, reason: str, source_checked: bool = False) -> Evidence:
    """The moderator publishes or refuses a card, and says whether the source was looked up."""
    with transaction.atomic():
        conversation = locked(code)
        found = conversation.evidence.filter(number=number).first()
        if found is None:
            raise NotFound("evidence_unknown", number=number)
        settle(found, accept=accept, reason=reason)
        found.source_checked = accept and source_checked
        found.save(update_fields=["source_checked"])
        touch(conversation)
        return found


def check_source(*, code: str, number: int, checked: bool) -> None:
    """The source of a published card was looked up, or was not after all."""
    with transaction.atomic():
        conversation = locked(code)
        if not conversation.evidence.filter(number=number, state="accepted").update(source_checked=checked):
            raise NotFound("evidence_unknown", number=number)
        touch(conversation)


def challenge(*, code: str, voice: int, number: int, text: str, source: str, lang: str, at: datetime) -> Challenge:
    """Say what is wrong with a figure; a moderator reads it, then everybody may say whether it is right."""
    with transaction.atomic():
        conversation = locked(code)
        author = writer_in(conversation, voice)
        if conversation.segment == "published":
            raise Conflict("sealed")
        card = conversation.evidence.filter(number=number, state="accepted").first()
        if card is None:
            raise NotFound("evidence_unknown", number=number)
        mine = author.challenges.filter(state__in=("waiting", "accepted"), closed_at__isnull=True)
        if mine.count() >= MOST_CHALLENGES or mine.filter(evidence=card).exists():
            raise Conflict("challenges_enough", most=MOST_CHALLENGES)
        made = Challenge.objects.create(
            conversation=conversation,
            evidence=card,
            number=_next(conversation.challenges),
            text=masked(plain_text(text, limit=STATEMENT_LIMIT, field="text")),
            source=plain_text(source, limit=rules.LIMITS["source"], field="source") if source.strip() else "",
            lang=lang,
            author=author,
            state=Statement.State.WAITING,
            waiting_since=at,
        )
        touch(conversation)
        return made


def decide_challenge(*, code: str, number: int, accept: bool, reason: str) -> Challenge:
    """The moderator publishes or refuses; a refusal needs a reason."""
    with transaction.atomic():
        conversation = locked(code)
        found = _challenge(conversation, number)
        settle(found, accept=accept, reason=reason)
        touch(conversation)
        return found


def reply(*, code: str, number: int, text: str) -> Challenge:
    """What the one who gave the figure says to it, as the host writes it down."""
    with transaction.atomic():
        conversation = locked(code)
        found = _challenge(conversation, number)
        found.reply = plain_text(text, limit=STATEMENT_LIMIT, field="reply") if text.strip() else ""
        found.save(update_fields=["reply"])
        touch(conversation)
        return found


def close_challenges(conversation: Conversation, at: datetime, number: int | None = None) -> int:
    """Close one challenge, or all that are open, and count how people voted on them. The caller holds the lock."""
    still_open = conversation.challenges.filter(state="accepted", closed_at__isnull=True)
    closing = list(still_open if number is None else still_open.filter(number=number))
    for one in closing:
        one.closed_at = at
        one.result = _counted(one)
        one.save(update_fields=["closed_at", "result"])
    return len(closing)


def close_challenge(*, code: str, number: int, at: datetime) -> None:
    """The host closes one by hand."""
    with transaction.atomic():
        conversation = locked(code)
        if not close_challenges(conversation, at, number):
            raise NotFound("challenge_unknown", number=number)
        touch(conversation)


def _counted(one: Challenge) -> dict[str, Any]:
    """{"agree": n, "pass": n, "disagree": n, "channels": {channel: n}}."""
    found: dict[str, Any] = {"agree": 0, "pass": 0, "disagree": 0, "channels": {}}
    names = {1: "agree", 0: "pass", -1: "disagree"}
    rows = ChallengeVote.objects.filter(challenge=one, voice__channel__in=CHANNELS)
    for value, channel, n in rows.values_list("value", "voice__channel").annotate(n=Count("voice_id")):
        found[names[value]] += n
        found["channels"][channel] = found["channels"].get(channel, 0) + n
    return found


def _challenge(conversation: Conversation, number: int) -> Challenge:
    found = conversation.challenges.filter(number=number).first()
    if found is None:
        raise NotFound("challenge_unknown", number=number)
    return found


def _next(things: Any) -> int:  # noqa: ANN401 - a related manager
    return int(things.aggregate(last=Max("number"))["last"] or 0) + 1
