"""What waits for a moderator, of whatever kind, as one list: the oldest first; and one of them in full."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from onnuri.community import queries as community
from onnuri.community.appealing import deciders_of
from onnuri.community.comment_appeals import AWAY, COMMENTS, deciders_of_comment
from onnuri.community.models import Appeal, Comment, RightsRequest
from onnuri.community.reporting import FOLDS_AT
from onnuri.community.rights import OPEN
from onnuri.conversation import actions
from onnuri.conversation.deciding import is_voted
from onnuri.conversation.moderating import UNREAD
from onnuri.text import graphemes
from onnuri.vocabulary import STATEMENT_LIMIT, in_language
from onnuri.web import shown
from onnuri.web.both_ways import figures_shown
from onnuri.web.person import name_in
from onnuri.web.requests import REQUEST_NAMES, days_left, request_shown, text_of_request
from onnuri.web.similar import index_of
from onnuri.web.written import hints_shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from onnuri.conference.models import Conference
    from onnuri.conversation.models import Conversation, Statement

Content = dict[str, Any]
COMMENT_APPEALS: Final = "comment-appeals"
LATE_MINUTES: Final = 3
SOON_DAYS: Final = 7
"""A hidden text comes back by itself: so many days before, the request stands first."""


def items_of(conversations: Iterable[Conversation], conference: Conference | None = None) -> list[Content]:
    """Everything nobody has decided on, the oldest first; what was put aside comes after it."""
    found: list[Content] = []
    for conversation in conversations:
        found += [*_texts(conversation), *_removals(conversation), *_appeals(conversation), *_rights(conversation)]
        if conference is None:
            found += _reports(community.reported(conversation), conversation.code)
            found += _comment_appeals(Q(conversation=conversation), conversation.code)
    if conference is not None:
        found += _reports(community.reported(conference), "")
        under = Q(session__conference=conference) | Q(conversation__conference=conference)
        found += _comment_appeals(under, "")
        found += _rights_of_talks(conference)
    return sorted(found, key=lambda item: (item["held"], not item["urgent"], item["since"], item["key"]))


def published_item(conversation: Conversation, number: int) -> Content | None:
    """A statement that people can answer, for whoever wants to take it down."""
    one = conversation.statements.filter(number=number, state__in=("accepted", "hidden")).first()
    if one is None:
        return None
    voted = is_voted(one)
    item = _item(conversation, "published", one.number, _(shown.KIND_NAMES[one.kind]), one.text, one.lang, None)
    return item | {"sort": "published", "voted": voted, "about": _("올라가 있는 의견")}


# ---- texts that wait to be read


def _texts(conversation: Conversation) -> Iterator[Content]:
    if conversation.segment != "published":
        yield from _statements(conversation)
    for one in conversation.questions.filter(state__in=UNREAD).select_related("author"):
        about = f"{_('발표자에게')} · {_channel(one.channel)}"
        yield _text(conversation, "questions", one, _("질문"), one.text, about)
    for card in conversation.evidence.filter(state__in=UNREAD).select_related("statement"):
        text = f"{card.about}: {card.figure} {card.unit}".strip()
        on = card.statement.text if card.statement is not None else ""
        item = _text(conversation, "evidence", card, _("근거"), text, on)
        yield item | {"source": card.source, "source_url": card.url, "dated": card.dated, "note": card.note}
    for doubt in conversation.challenges.filter(state__in=UNREAD).select_related("evidence"):
        figure = f"{doubt.evidence.about}: {doubt.evidence.figure} {doubt.evidence.unit}".strip()
        item = _text(conversation, "challenges", doubt, _("이의"), doubt.text, figure)
        yield item | {"source": doubt.source}


def _statements(conversation: Conversation) -> Iterator[Content]:
    over = not actions.takes_statements(conversation)
    for one in conversation.statements.filter(state__in=UNREAD).select_related("author"):
        about = f"{_('참여자')} · {_channel(one.author.channel)}" if one.author is not None else _("참여자")
        name = _("문안") if one.kind == "line" else _("의견")
        item = _text(conversation, "statements", one, name, one.text, about)
        yield item | {
            "over": over,
            "line": one.kind == "line",
            "cites": one.cites,
            "suggestion": one.suggestion,
            "may_suggest": one.author is not None,
        }


def _text(conversation: Conversation, kind: str, one: Any, name: str, text: str, about: str) -> Content:  # noqa: ANN401 - any of four tables
    item = _item(conversation, kind, one.number, name, text, one.lang, one.waiting_since)
    return item | {"about": about, "held": one.state == "held"}


def _channel(channel: str) -> str:
    return _(shown.CHANNEL_NAMES[channel]) if channel in shown.CHANNEL_NAMES else ""


# ---- what waits for somebody's word after it was published


def _removals(conversation: Conversation) -> Iterator[Content]:
    asked = conversation.decisions.filter(kind="statements", act="remove", figures__done__isnull=True)
    for one in asked:
        found = conversation.statements.filter(number=one.number, state__in=("accepted", "hidden")).first()
        if found is None:
            continue
        name = pgettext("moderation", "내리기")
        item = _item(conversation, "removals", one.number, name, found.text, found.lang, one.at)
        yield item | {
            "sort": "removal",
            "about": _("두 번째 사람을 기다림"),
            "reason_name": _(shown.REASON_NAMES[one.reason]),
            "asked_by": name_in(one.who),
            "figures": figures_shown(one.figures),
        }


def _appeals(conversation: Conversation) -> Iterator[Content]:
    for asked in Appeal.objects.filter(conversation=conversation, state="waiting", kind="statements"):
        found = conversation.statements.filter(number=asked.number).first()
        if found is None:
            continue
        item = _item(conversation, "appeals", asked.number, _("이의 제기"), found.text, found.lang, asked.at)
        yield item | {
            "sort": "appeal",
            "about": _(shown.STATE_NAMES[found.state]),
            "reason_name": _(shown.REASON_NAMES[found.reason]) if found.reason else "",
            "said": asked.text,
            "said_lang": asked.lang,
            "asked_by": ", ".join(name_in(who) for who in deciders_of(conversation, asked.number)),
        }


def _comment_appeals(under: Q, code: str) -> Iterator[Content]:
    waiting = {one.number: one for one in Appeal.objects.filter(kind=COMMENTS, state="waiting")}
    away = Comment.objects.filter(under, pk__in=waiting, state__in=AWAY)
    for one in away.select_related("session__conference", "conversation"):
        asked = waiting[one.pk]
        item = _item(one.conversation, COMMENT_APPEALS, one.pk, _("이의 제기"), one.text, one.lang, asked.at)
        yield item | {
            "sort": "appeal",
            "code": one.conversation.code if one.conversation is not None else code,
            "about": _("가린 댓글"),
            "reason_name": _(shown.REASON_NAMES[one.reason]) if one.reason else "",
            "said": asked.text,
            "said_lang": asked.lang,
            "asked_by": ", ".join(name_in(who) for who in deciders_of_comment(one)),
        }


def _reports(comments: Iterable[Any], code: str) -> Iterator[Content]:
    for one in comments:
        reasons = community.reasons_of(one)
        item = _item(one.conversation, "reports", one.pk, _("신고"), one.text, one.lang, one.reported_at)
        people = one.people
        yield item | {
            "sort": "report",
            "code": one.conversation.code if one.conversation is not None else code,
            "about": _("댓글에 신고 %(n)s건") % {"n": people},
            "reasons_said": reasons,
            "hidden": one.state == "hidden",
            "urgent": people >= FOLDS_AT,
        }


def _rights(conversation: Conversation) -> Iterator[Content]:
    for asked in RightsRequest.objects.filter(conversation=conversation, state__in=OPEN):
        yield _request(conversation, asked)


def _rights_of_talks(conference: Conference) -> Iterator[Content]:
    for asked in RightsRequest.objects.filter(conference=conference, conversation=None, state__in=OPEN):
        yield _request(None, asked)


def _request(conversation: Conversation | None, asked: RightsRequest) -> Content:
    text, lang = text_of_request(asked)
    item = _item(conversation, "rights", asked.pk, _("권리"), text, lang, asked.at)
    left = days_left(asked)
    return item | {
        "sort": "rights",
        "about": pgettext("moderation", "이의 제기됨") if asked.objection else _(REQUEST_NAMES[asked.state]),
        "urgent": left is not None and left <= SOON_DAYS,
        "request": request_shown(asked),
        **({"age": _("%(n)s일 남음") % {"n": left}, "late": left <= SOON_DAYS} if left is not None else {}),
    }


# ---- shared


def _item(
    conversation: Conversation | None, kind: str, number: int, name: str, text: str, lang: str, since: datetime | None
) -> Content:
    minutes = int((shown.now() - since).total_seconds() // 60) if since is not None else 0
    code = conversation.code if conversation is not None else ""
    return {
        "key": f"{code}-{kind}-{number}" if code else f"{kind}-{number}",
        "sort": "text",
        "code": code,
        "question": in_language(conversation.question, shown.language()) if conversation is not None else "",
        "kind": kind,
        "number": number,
        "kind_name": name,
        "text": text,
        "lang": lang,
        "about": "",
        "since": since.timestamp() if since is not None else 0.0,
        "age": age_text(minutes),
        "late": minutes >= LATE_MINUTES,
        "held": False,
        "urgent": False,
        "length": graphemes(text),
        "limit": STATEMENT_LIMIT,
    }


def age_text(minutes: int) -> str:
    """How long something waits, short."""
    if minutes >= 24 * 60:
        days = minutes // (24 * 60)
        return ngettext("%(n)s일", "%(n)s일", days) % {"n": days}
    if minutes >= 60:  # noqa: PLR2004 - an hour
        return _("%(n)s시간") % {"n": minutes // 60}
    return _("%(n)s분") % {"n": minutes} if minutes else _("방금")


def in_full(item: Content, conversation: Conversation | None) -> Content:
    """One item with what helps to decide on it: the nearest statements, and what should be read twice."""
    if conversation is None or item["sort"] not in {"text", "published"}:
        return item
    return item | {"near": _near(conversation, item), "hints": hints_shown(item["text"])}


def _near(conversation: Conversation, item: Content) -> list[Content]:
    if item["kind"] not in {"statements", "published"}:
        return []
    near = index_of(conversation).nearest(item["text"], item["lang"])
    texts: dict[int, Statement] = {
        s.number: s for s in conversation.statements.filter(number__in=[one.number for one in near])
    }
    return [
        {
            "number": one.number,
            "text": texts[one.number].text,
            "lang": texts[one.number].lang,
            "percent": shown.percent(one.share, 1),
            "maybe_opposite": one.maybe_opposite,
        }
        for one in near
        if one.number in texts and not (item["kind"] == "published" and one.number == item["number"])
    ]
