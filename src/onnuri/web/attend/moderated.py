"""What a moderator did with one's own statement, and what its author may answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from onnuri.community import rights
from onnuri.community.appealing import APPEALED, appeal, appeal_of
from onnuri.conversation import suggesting
from onnuri.conversation.queries import conversation_by_code
from onnuri.errors import BadRequest, NotFound, Refusal
from onnuri.web import shown
from onnuri.web.decisions import APPEAL_NAMES
from onnuri.web.voices import required_voice
from onnuri.web.written import language_of_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from onnuri.conversation.models import Statement

Content = dict[str, Any]


def fate_of(statement: Statement) -> Content:
    """Beside the statement's state: where it went, what was suggested, until when it is hidden, what was appealed."""
    asked = appeal_of(statement.conversation, statement.number)
    into = statement.merged_into
    request = rights.open_request_on(statement) if statement.state == "hidden" else None
    return {
        "merged_into": {"id": into.number, "text": shown.veiled(into).text, "lang": into.lang} if into else None,
        "suggestion": statement.suggestion,
        "hidden": {"until": shown.date_text(statement.hidden_until), "objection": request.objection}
        if request is not None
        else None,
        "told": rights.told_author(statement),
        "appeal": {"name": _(APPEAL_NAMES[asked.state]), "text": asked.text} if asked is not None else None,
        "may_appeal": asked is None and statement.state in APPEALED and statement.conversation.segment != "published",
    }


@require_POST
def answer_suggestion(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Take the suggested wording, or keep one's own."""
    conversation = conversation_by_code(code)
    voice = required_voice(request, conversation)
    hidden = conversation.statements.filter(number=number, state="hidden").first()
    match request.POST.get("answer"):
        case "take" if hidden is not None:
            asked = rights.open_request_on(hidden)
            return _answered(
                code, lambda: rights.take_edit(request=asked.pk if asked else 0, voice=voice.pk, at=shown.now())
            )
        case "take":
            return _answered(code, lambda: suggesting.take(code=code, voice=voice.pk, number=number, at=shown.now()))
        case "keep":
            return _answered(code, lambda: suggesting.keep(code=code, voice=voice.pk, number=number))
        case _:
            raise BadRequest("method")


@require_POST
def appealed(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Ask that somebody else looks at it again."""
    voice = required_voice(request, conversation_by_code(code))
    text = request.POST.get("text", "")
    return _answered(
        code,
        lambda: appeal(
            code=code, voice=voice.pk, number=number, text=text, lang=language_of_text(text), at=shown.now()
        ),
    )


@require_POST
def objected(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Say why a hidden statement should stay."""
    conversation = conversation_by_code(code)
    voice = required_voice(request, conversation)
    found = conversation.statements.filter(number=number).first()
    asked = rights.open_request_on(found) if found is not None else None
    if asked is None:
        raise NotFound("rights_unknown")
    text = request.POST.get("text", "")
    return _answered(code, lambda: rights.object_to(request=asked.pk, text=text, voice=voice.pk, at=shown.now()))


def _answered(code: str, do: Callable[[], object]) -> HttpResponse:
    """Back to one's own page, which says what was refused."""
    try:
        do()
    except Refusal as refusal:
        return HttpResponseRedirect(f"{reverse('attend:mine', args=[code])}?refused={refusal.key}")
    return redirect("attend:mine", code)
