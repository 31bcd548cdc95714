"""Writing a statement: what is alike already, what to read once more, and sending it anyway."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from onnuri.conversation import actions
from onnuri.conversation.entitled import policy_of, require_entitled
from onnuri.conversation.models import Vote
from onnuri.conversation.queries import conversation_by_code
from onnuri.conversation.statement import are_the_same, left_to_write
from onnuri.conversation.translating import is_sent_outside
from onnuri.errors import Refusal
from onnuri.live.limits import Limits, Pace
from onnuri.live.translators import translator_of_environment
from onnuri.vocabulary import STATEMENT_LIMIT
from onnuri.web import shown
from onnuri.web.page import error_content, page
from onnuri.web.similar import similar_shown
from onnuri.web.voices import SIGNER, required_voice
from onnuri.web.written import LANGUAGE_NAMES, hints_shown, language_of_form, language_of_text, mark_of

if TYPE_CHECKING:
    from onnuri.conversation.models import Conversation, Voice

Content = dict[str, Any]
LOOKING: Final = Pace(30, 2)
"""How often one voice may ask what is alike: each pause while writing asks once."""
LONGEST_LOOKED_AT: Final = STATEMENT_LIMIT * 4
"""Code points; a text far beyond the limit is refused anyway, and comparing it would cost."""
LIMITS: Final = Limits(monotonic)


def write(request: HttpRequest, code: str) -> HttpResponse:
    """Write a statement; what is alike or should be read again is shown once, and may be sent anyway."""
    conversation = conversation_by_code(code)
    voice = required_voice(request, conversation)
    content = _write_content(conversation, voice)
    if request.method != "POST":
        return page(request, "attend/write.html", content)
    text = request.POST.get("text", "")
    content |= {"text": text, "lang": request.POST.get("lang", "")}
    if request.POST.get("sure") != mark_of(text):
        beside = _beside(conversation, voice, text, language_of_form(request.POST))
        content |= beside
        # The very same is refused below, with the one that is there beside it.
        if beside["hints"] or (
            beside["similar"] and not any(are_the_same(one["text"], text) for one in beside["similar"])
        ):
            return page(request, "attend/write.html", content)
    try:
        actions.write_statement(
            code=code, voice=voice.pk, text=text, lang=language_of_form(request.POST), at=shown.now()
        )
    except Refusal as refusal:
        content["error"] = error_content(refusal)
        return page(request, "attend/write.html", content, status=refusal.status)
    return redirect("attend:mine", code)


def similar(request: HttpRequest, code: str) -> HttpResponse:
    """What stands beside a text that is being written: statements that are alike, and what to read once more."""
    conversation = conversation_by_code(code)
    voice = required_voice(request, conversation)
    LIMITS.take(LOOKING, voice.pk)
    # The page sends it in the body, so that no draft stands in the log of a proxy.
    text = request.POST.get("text", "") if request.method == "POST" else request.GET.get("q", "")
    content = {
        "conversation": shown.conversation_shown(conversation),
        **_beside(conversation, voice, text, language_of_text(text)),
    }
    answer = page(request, "attend/similar.html", content)
    answer["Cache-Control"] = "no-store"
    return answer


def _write_content(conversation: Conversation, voice: Voice) -> Content:
    left, needed = left_to_write(voice.statements.count(), Vote.objects.filter(voice=voice).count())
    return {
        "conversation": shown.conversation_shown(conversation),
        "text": "",
        "lang": "",
        "languages": [{"code": code, "name": name} for code, name in LANGUAGE_NAMES.items()],
        "error": why_not(conversation, voice),
        "limit": STATEMENT_LIMIT,
        "left_to_write": left,
        "votes_needed": needed,
        "outside": _outside(conversation),
        "similar": [],
        "hints": [],
        "mark": "",
        "round_ticket": "",
    }


def why_not(conversation: Conversation, voice: Voice) -> Content | None:
    """Said before somebody writes in vain: here writing needs a ticket, and this voice came without."""
    try:
        require_entitled(policy_of(conversation.rules, "post"), voice.channel, "post")
    except Refusal as refusal:
        return error_content(refusal)
    return None


def _outside(conversation: Conversation) -> str:
    """Where texts are sent to be translated, if the host lets them; everybody is told before writing."""
    translator = translator_of_environment()
    return translator.place if translator is not None and is_sent_outside(conversation) else ""


def _beside(conversation: Conversation, voice: Voice, text: str, lang: str) -> Content:
    now = conversation.rounds.last()
    is_open = now is not None and now.closed_at is None and now.kind == "vote"
    looked_at = text[:LONGEST_LOOKED_AT]
    return {
        "similar": similar_shown(conversation, looked_at, lang, _answers(voice), is_open=is_open),
        "hints": hints_shown(looked_at),
        "mark": mark_of(text),
        "round_ticket": SIGNER.round_ticket(conversation.pk, now.number) if now is not None and is_open else "",
    }


def _answers(voice: Voice) -> dict[int, int]:
    """What this voice said last of each statement."""
    return dict(Vote.objects.filter(voice=voice).order_by("round__number").values_list("statement__number", "value"))
