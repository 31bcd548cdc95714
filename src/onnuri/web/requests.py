"""A request of rights as it is shown: to its moderators, and to whoever made it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from onnuri.community.models import Comment
from onnuri.community.rights import HIDDEN_FOR
from onnuri.web import shown
from onnuri.web.person import name_in

if TYPE_CHECKING:
    from onnuri.community.models import RightsRequest

Content = dict[str, Any]
RIGHT_NAMES: Final = {
    "reputation": gettext_noop("명예"),
    "privacy": gettext_noop("사생활과 개인정보"),
    "portrait": gettext_noop("초상"),
    "copyright": gettext_noop("저작권"),
    "other": gettext_noop("그 밖의 권리"),
}
REQUEST_NAMES: Final = {
    "waiting": gettext_noop("검토 중"),
    "hidden": gettext_noop("임시로 가림"),
    "restored": gettext_noop("다시 보임"),
    "edited": gettext_noop("고쳐서 다시 보임"),
    "removed": gettext_noop("내림"),
    "refused": gettext_noop("가리지 않음"),
    "lapsed": gettext_noop("기한이 지나 다시 보임"),
}


def text_of_request(asked: RightsRequest) -> tuple[str, str]:
    """The words a request is about, and their language, for its moderators."""
    if asked.kind == "comments":
        found: Any = Comment.objects.filter(pk=asked.number).first()
    else:
        found = asked.conversation.statements.filter(number=asked.number).first() if asked.conversation else None
    return (found.text, found.lang) if found is not None else ("", "ko")


def request_shown(asked: RightsRequest) -> Content:
    """A request with its clock, for moderators and for whoever made it."""
    left = days_left(asked)
    return {
        "number": f"R-{asked.pk:04d}",
        "state": asked.state,
        "state_name": _(REQUEST_NAMES[asked.state]),
        "right_name": _(RIGHT_NAMES[asked.right]),
        "name": asked.name,
        "why": asked.why,
        "evidence": asked.evidence,
        "received": shown.date_text(asked.at),
        "hidden": asked.state == "hidden",
        "until": shown.date_text(asked.hidden_until),
        "left": left,
        "past": HIDDEN_FOR.days - left if left is not None else None,
        "objection": asked.objection,
        "objected": shown.date_text(asked.objected_at),
        "decision": asked.decision,
        "decided_by": name_in(asked.decided_by),
        "waits_for_second": bool(asked.state == "hidden" and asked.decided_by),
    }


def days_left(asked: RightsRequest) -> int | None:
    """Days until a hidden text is there again, begun ones whole."""
    if asked.state != "hidden" or asked.hidden_until is None:
        return None
    seconds = (asked.hidden_until - shown.now()).total_seconds()
    return max(0, -int(-seconds // 86400))
