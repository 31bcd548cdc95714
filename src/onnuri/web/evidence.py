"""Evidence cards as pages show them, with what is challenged in them. No figure of an open challenge is in it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from onnuri.web import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from onnuri.conversation.models import Challenge, Conversation, Evidence, Interlude

Content = dict[str, Any]
GIVERS: Final = {
    "organiser": gettext_noop("주최자"),
    "author": gettext_noop("의견을 쓴 사람"),
    "speaker": gettext_noop("발표자"),
}


def card_shown(card: Evidence) -> Content:
    """A card and its challenges that were read; how people voted on one is there after it was closed."""
    giver = "speaker" if card.talk_id is not None else "organiser" if card.author_id is None else "author"
    challenges = [challenge_shown(one) for one in card.challenges.all() if one.state == "accepted"]
    return {
        "number": card.number,
        "figure": card.figure,
        "unit": card.unit,
        "about": card.about,
        "source": card.source,
        "url": card.url,
        "dated": card.dated,
        "note": card.note,
        "lang": card.lang,
        "giver": giver,
        "giver_name": _(GIVERS[giver]),
        "source_checked": card.source_checked,
        "challenged": bool(challenges),
        "challenges": challenges,
    }


def challenge_shown(one: Challenge) -> Content:
    """What is said to be wrong, what is answered to it, and its outcome."""
    closed = one.closed_at is not None
    return {
        "number": one.number,
        "text": one.text,
        "source": one.source,
        "lang": one.lang,
        "reply": one.reply,
        "closed": closed,
        "figures": shown.figures(one.result) if closed else None,
    }


def by_statement(conversation: Conversation) -> dict[int, list[Content]]:
    """The cards of every statement and line that has any, by its number."""
    found: dict[int, list[Content]] = {}
    for card in _published(conversation).filter(statement__isnull=False).select_related("statement"):
        found.setdefault(_number(card), []).append(card_shown(card))
    return found


def count_by_statement(conversation: Conversation) -> dict[int, int]:
    """How many cards a statement has."""
    numbers = _published(conversation).filter(statement__isnull=False).values_list("statement__number", flat=True)
    return dict(Counter(numbers))


def with_counts(rows: Iterable[Content], counts: dict[int, int]) -> list[Content]:
    """Statements as pages show them, each that has cards with their count."""
    return [{**row, "evidence": counts[row["id"]]} if counts.get(row["id"]) else row for row in rows]


def of_talk(talk: Interlude) -> list[Content]:
    """The cards of a talk."""
    return [card_shown(card) for card in _published(talk.conversation).filter(talk=talk)]


def things(conversation: Conversation, *, statement: int | None = None) -> list[Content]:
    """All cards under what they belong to, statements and lines first, then talks; or those of one statement."""
    found: dict[tuple[str, int], Content] = {}
    cards = _published(conversation).select_related("statement", "talk").order_by("talk__number", "statement__number")
    for card in cards if statement is None else cards.filter(statement__number=statement):
        about = _about(card)
        found.setdefault((about["kind"], about["number"]), about)["cards"].append(card_shown(card))
    return sorted(found.values(), key=lambda about: (about["kind"] == "talk", about["number"]))


def _about(card: Evidence) -> Content:
    if card.talk is not None:
        told = shown.interlude_shown(card.talk)
        return {
            "kind": "talk",
            "number": told["number"],
            "text": told["title"],
            "lang": told["title_lang"],
            "speaker": told["speaker"],
            "cards": [],
        }
    said = card.statement
    assert said is not None  # noqa: S101 - `_published` leaves out cards of nothing
    return {"kind": said.kind, "number": said.number, "text": said.text, "lang": said.lang, "speaker": "", "cards": []}


def _published(conversation: Conversation) -> QuerySet[Evidence]:
    # A card of a statement that waits or was taken down would tell what nobody is to read.
    readable = Q(statement__state="accepted") | Q(talk__opened_at__isnull=False)
    return conversation.evidence.filter(readable, state="accepted").prefetch_related("challenges").order_by("number")


def _number(card: Evidence) -> int:
    assert card.statement is not None  # noqa: S101 - asked for
    return card.statement.number
