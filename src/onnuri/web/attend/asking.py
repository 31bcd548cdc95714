"""Questions on the phone: the list, asking, and taking one's own back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST

from onnuri.conversation import asking
from onnuri.conversation.models import Lift
from onnuri.conversation.queries import conversation_by_code
from onnuri.conversation.question import MOST_OPEN, ORDERS, order_in
from onnuri.errors import Refusal
from onnuri.vocabulary import STATEMENT_LIMIT
from onnuri.web import shown
from onnuri.web.page import error_content, error_of, page
from onnuri.web.questions import questions_shown
from onnuri.web.voices import required_voice, voice_of
from onnuri.web.written import language_of_text

if TYPE_CHECKING:
    from onnuri.conversation.models import Conversation, Question, Voice

Content = dict[str, Any]
ONES_OWN = ("lifted", "own", "mine", "may_ask", "text", "asked", "voice", "stays")
"""What only the person's own page shows."""
ORDER_NAMES = {
    "wanted": gettext_noop("많이 궁금한"),
    "new": gettext_noop("새로운"),
    "answered": gettext_noop("답함"),
}


def questions(request: HttpRequest, code: str) -> HttpResponse:
    """The questions, at any moment of a sitting."""
    conversation = conversation_by_code(code)
    content = questions_content(request, conversation, voice_of(request, conversation))
    return page(request, "attend/questions.html", {**content, "stays": True}, private=ONES_OWN)


def questions_content(request: HttpRequest, conversation: Conversation, voice: Voice | None) -> Content:
    """Questions in the reader's order; which ones this voice lifted, and what became of its own."""
    order = order_in(request.GET.get("order", ""))
    listed = {one: questions_shown(conversation, one) for one in {order, "wanted", "answered"}}
    lifted = Lift.objects.filter(voice=voice, value=1) if voice is not None else Lift.objects.none()
    return {
        **asking_content(request, conversation, voice),
        "interlude": shown.interlude_shown(conversation.interlude) if conversation.interlude else None,
        "order": order,
        "orders": [
            {"key": key, "name": _(ORDER_NAMES[key]), "count": len(listed["answered"]) if key == "answered" else None}
            for key in ORDERS
        ],
        "count": len(listed["wanted"]) + len(listed["answered"]),
        "questions": listed[order],
        "lifted": set(lifted.values_list("question__number", flat=True)),
    }


def asking_content(request: HttpRequest, conversation: Conversation, voice: Voice | None) -> Content:
    """The box to ask in, and one's own questions with what became of them."""
    own = list(voice.questions.order_by("-number")) if voice is not None else []
    still = sum(q.state in {"waiting", "accepted"} and q.answered_at is None for q in own)
    return {
        "conversation": shown.conversation_shown(conversation),
        "voice": voice is not None,
        "may_ask": voice is not None and conversation.segment != "published" and still < MOST_OPEN,
        "limit": STATEMENT_LIMIT,
        "most": MOST_OPEN,
        "text": "",
        "asked": request.GET.get("asked") == "1",
        "mine": [_own(q) for q in own],
        "own": {q.number for q in own},
        "error": error_of(request),
    }


def _own(question: Question) -> Content:
    answered = question.answered_at is not None
    return {
        "number": question.number,
        "text": question.text,
        "lang": question.lang,
        "state": question.state,
        "state_name": _("답함") if answered else _(shown.STATE_NAMES[question.state]),
        "reason_name": _(shown.REASON_NAMES[question.reason]) if question.reason else "",
        "answered": answered,
        "can_withdraw": question.state in {"waiting", "accepted"} and not answered,
    }


@require_POST
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Ask; what is refused stays in the box."""
    conversation = conversation_by_code(code)
    voice = required_voice(request, conversation)
    text = request.POST.get("text", "")
    try:
        asking.ask(code=code, voice=voice.pk, text=text, lang=language_of_text(text), at=shown.now())
    except Refusal as refusal:
        content = questions_content(request, conversation, voice)
        content |= {"text": text, "error": error_content(refusal), "stays": True}
        return page(request, "attend/questions.html", content, private=ONES_OWN, status=refusal.status)
    return redirect(f"/c/{conversation.code}/questions?asked=1#mine")


@require_POST
def withdraw(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Take one's own question back."""
    conversation = conversation_by_code(code)
    asking.withdraw(code=code, voice=required_voice(request, conversation).pk, number=number)
    return redirect(f"/c/{conversation.code}/questions#mine")
