"""What the console shows of what stands between rounds: the list, what may be made, the big screen, the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from onnuri.conversation.interlude import BETWEEN, POLLS
from onnuri.conversation.interludes import SCREENS
from onnuri.vocabulary import in_language
from onnuri.web import shown
from onnuri.web.questions import questions_shown

if TYPE_CHECKING:
    from onnuri.conversation.models import Conversation, Interlude

Content = dict[str, Any]
MADE_HERE: Final = ("talk", "questions", "map", "drafting")
"""Polls have a page of their own."""
MINUTES: Final = (3, 5, 10)
MINUTES_TO_PUT_ON: Final = (3, 5, 10, 15, 20, 30)
SPOKEN: Final = frozenset({"talk", "panel", "questions", "other"})
"""Sessions of the programme somebody speaks in."""
ANSWERED_SHOWN: Final = 10
SCREEN_NAMES: Final = {
    "": gettext_noop("지금 순서 따라가기"),
    "join": gettext_noop("들어오기"),
    "share": gettext_noop("함께하는 것"),
    "map": gettext_noop("지도"),
    "questions": gettext_noop("질문"),
    "drafting": gettext_noop("문안"),
    "blank": gettext_noop("가리기"),
}
STANDING_NAMES: Final = {
    "prepared": gettext_noop("준비됨"),
    "open": gettext_noop("지금"),
    "counting": gettext_noop("세는 중"),
    "over": gettext_noop("끝남"),
}


def between_content(conversation: Conversation) -> Content:
    """Everything of the console that is not the sitting's own order."""
    may = conversation.segment in BETWEEN
    return {
        "on": _on(conversation),
        "interludes": [_listed(one, conversation, may=may) for one in conversation.interludes.all()],
        "may_put_on": may,
        "kinds": [{"key": kind, "name": _(shown.INTERLUDE_NAMES[kind])} for kind in MADE_HERE],
        "sessions": _sessions(conversation),
        "minutes": MINUTES,
        "minutes_to_put_on": MINUTES_TO_PUT_ON,
        "screens": _screens(conversation),
        "questions_on_stage": _questions_on_stage(conversation),
        **_questions(conversation),
    }


def _on(conversation: Conversation) -> Content | None:
    """What is on now and may be ended; a counted poll stays to be seen until the host goes on."""
    on = conversation.interlude
    if on is None or conversation.segment not in BETWEEN:
        return None
    return {**shown.interlude_shown(on), "poll": on.kind in POLLS}


def _listed(one: Interlude, conversation: Conversation, *, may: bool) -> Content:
    told = shown.interlude_shown(one)
    here, poll = one.pk == conversation.interlude_id, one.kind in POLLS
    return {
        **told,
        "standing_name": _(STANDING_NAMES[told["standing"]]),
        "on": here,
        "poll": poll,
        "can_put_on": may and told["standing"] != "open" and not (poll and one.opened_at is not None),
        "was_on": one.opened_at is not None,
    }


def _sessions(conversation: Conversation) -> list[Content]:
    """Talks of the programme, to be taken over with title and speaker."""
    if conversation.conference is None:
        return []
    return [
        {
            "number": session.pk,
            "title": in_language(session.title, shown.language()),
            "speaker": in_language(session.speaker, shown.language()),
        }
        for session in conversation.conference.sessions.filter(cancelled=False)
        if session.kind in SPOKEN and session.title
    ]


def _screens(conversation: Conversation) -> list[Content]:
    seen = shown.latest_landscape(conversation) is not None
    balloting = conversation.segment in {"shortlist", "ratification"}
    return [
        {
            "key": key or "follow",
            "name": _(SCREEN_NAMES[key]),
            "on": key == conversation.screen,
            "off": key in {"share", "map"} and (balloting or not seen),
        }
        for key in SCREENS
    ]


def _questions_on_stage(conversation: Conversation) -> bool:
    on = conversation.interlude
    return (conversation.screen or (on.kind if on is not None else "")) == "questions"


def _questions(conversation: Conversation) -> Content:
    listed = questions_shown(conversation)
    refused = conversation.questions.filter(state="refused").order_by("-number")[:ANSWERED_SHOWN]
    return {
        "asked": next((q for q in listed if q["now"]), None),
        "coming": [q for q in listed if not q["now"]],
        "answered": questions_shown(conversation, "answered")[:ANSWERED_SHOWN],
        "refused": [
            {"number": q.number, "text": q.text, "lang": q.lang, "reason_name": _(shown.REASON_NAMES[q.reason])}
            for q in refused
        ],
    }
