"""What waits for a moderator, of whatever kind, as one list: the oldest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from onnuri.conversation import actions
from onnuri.conversation.lookalike import mixed_words
from onnuri.web import shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from onnuri.conversation.models import Challenge, Conversation, Evidence, Question, Statement

Content = dict[str, Any]


def queue_of(conversation: Conversation) -> list[Content]:
    """Statements, questions, cards and challenges that nobody has decided on; of a sealed record no statements."""
    waiting = [*_statements(conversation), *_questions(conversation), *_cards(conversation), *_challenges(conversation)]
    return [item for _since, item in sorted(waiting, key=lambda one: one[0])]


Waiting = tuple[float, Content]
"""Since when it waits, and what is shown of it."""


def _statements(conversation: Conversation) -> Iterator[Waiting]:
    if conversation.segment == "published":
        return
    over = not actions.takes_statements(conversation)
    for one in conversation.statements.filter(state="waiting"):
        item = _item("statements", one, _(shown.KIND_NAMES[one.kind]))
        item |= {"id": str(one.number), "kind": one.kind, "cites": one.cites, "over": over}
        yield _since(one.waiting_since), item


def _questions(conversation: Conversation) -> Iterator[Waiting]:
    for one in conversation.questions.filter(state="waiting"):
        yield _since(one.waiting_since), _item("questions", one, _("참여자 질문"))


def _cards(conversation: Conversation) -> Iterator[Waiting]:
    for one in conversation.evidence.filter(state="waiting").select_related("statement"):
        item = _item("evidence", one, _("근거"), text=f"{one.about}: {one.figure} {one.unit}".strip())
        item |= {"of_source": True, "source": one.source, "url_of_source": one.url, "dated": one.dated}
        item |= {"note": one.note, "about": one.statement.text if one.statement is not None else ""}
        yield _since(one.waiting_since), item


def _challenges(conversation: Conversation) -> Iterator[Waiting]:
    for one in conversation.challenges.filter(state="waiting").select_related("evidence"):
        card = one.evidence
        item = _item("challenges", one, _("이의"))
        item |= {"source": one.source, "about": f"{card.about}: {card.figure} {card.unit}".strip()}
        yield _since(one.waiting_since), item


def _item(kind: str, one: Statement | Question | Evidence | Challenge, name: str, text: str | None = None) -> Content:
    code = one.conversation.code
    return {
        "id": f"{kind}-{one.number}",
        "kind": kind,
        "kind_name": name,
        "text": text if text is not None else getattr(one, "text", ""),
        "lang": one.lang,
        "lookalikes": mixed_words(text if text is not None else getattr(one, "text", "")),
        "minutes": _minutes(one.waiting_since),
        "cites": [],
        "over": False,
        "url": reverse("host:decide_on", args=[code, kind, one.number]),
    }


def _since(moment: datetime | None) -> float:
    return moment.timestamp() if moment is not None else 0.0


def _minutes(moment: datetime | None) -> int:
    return int((shown.now() - moment).total_seconds() // 60) if moment else 0
