"""What the server holds of this phone's voice: seen, taken along, and where to erase it."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from onnuri import privacy
from onnuri.conversation.queries import conversation_by_code
from onnuri.web import shown
from onnuri.web.own_data import as_file, counts_of
from onnuri.web.page import page
from onnuri.web.voices import required_voice

KINDS: Final = {
    "votes": gettext_noop("의견에 한 답"),
    "ballots": gettext_noop("후보 투표와 추인의 답"),
    "statements": gettext_noop("쓴 의견과 문안"),
    "objections": gettext_noop("빠졌다고 적은 것"),
    "questions": gettext_noop("낸 질문"),
    "lifts": gettext_noop("힘을 보탠 질문"),
    "poll_answers": gettext_noop("설문의 답"),
    "evidence": gettext_noop("붙인 근거"),
    "challenges": gettext_noop("낸 이의"),
    "challenge_votes": gettext_noop("이의에 한 답"),
    "comments_supported": gettext_noop("공감한 댓글"),
}


def data(request: HttpRequest, code: str) -> HttpResponse:
    """How much of what, by this voice alone."""
    conversation = conversation_by_code(code)
    held = privacy.export_of_voice(required_voice(request, conversation))
    counts = counts_of(held)
    content = {
        "conversation": shown.conversation_shown(conversation),
        "channel_name": _(shown.CHANNEL_NAMES[held["voice"]["channel"]]),
        "traits": held["traits"],
        "kinds": [{"name": _(name), "count": counts[what]} for what, name in KINDS.items()],
        "erasable": not conversation.rounds.filter(closed_at__isnull=False).exists(),
        "sealed": conversation.segment == "published",
    }
    return page(request, "attend/data.html", content)


def file(request: HttpRequest, code: str) -> HttpResponse:
    """The same in full."""
    conversation = conversation_by_code(code)
    held = privacy.export_of_voice(required_voice(request, conversation))
    return as_file(held, f"onnuri-{conversation.code}.json")
