"""Evidence as the host keeps it: cards on talks and statements, sources looked up, challenges answered and closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from onnuri.conversation import citing
from onnuri.conversation.evidence import LIMITS
from onnuri.conversation.statement import REASONS
from onnuri.errors import BadRequest, NotFound, Refusal
from onnuri.web import evidence, shown
from onnuri.web.host.console import required_host
from onnuri.web.page import error_content, number_in, page
from onnuri.web.written import language_of_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from onnuri.conversation.models import Challenge, Conversation, Evidence

Content = dict[str, Any]
FIELDS = (*LIMITS, "url")


def desk(request: HttpRequest, code: str) -> HttpResponse:
    """The page itself, and each of its forms: `act` says which."""
    conversation = required_host(request, code)
    if request.method != "POST":
        return page(request, "host/evidence.html", _content(conversation))
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise BadRequest("bad_request")
    try:
        act(conversation, request.POST)
    except Refusal as refusal:
        content = _content(conversation) | _given(request.POST) | {"error": error_content(refusal)}
        return page(request, "host/evidence.html", content, status=refusal.status)
    return redirect("host:evidence", code)


def _given(form: Mapping[str, str]) -> Content:
    """What was typed stays typed."""
    if form.get("act") != "attach":
        return {}
    return {"card": {name: form.get(name, "") for name in FIELDS}, "on": form.get("on", "")}


def _attach(conversation: Conversation, form: Mapping[str, str]) -> None:
    kind, _dash, written = form.get("on", "").partition("-")
    number = number_in(written)
    if number is None:
        raise NotFound("statement_unknown", statement=written, field="on")
    citing.attach(
        code=conversation.code,
        card={name: form.get(name, "") for name in FIELDS},
        lang=language_of_text(form.get("about", "")),
        at=shown.now(),
        **{"talk" if kind == "talk" else "statement": number},
    )


def _check(conversation: Conversation, form: Mapping[str, str]) -> None:
    citing.check_source(code=conversation.code, number=_number(form), checked=form.get("checked") == "1")


def _decide_card(conversation: Conversation, form: Mapping[str, str]) -> None:
    citing.decide_card(
        code=conversation.code,
        number=_number(form),
        accept=form.get("decision") == "accept",
        reason=form.get("reason", ""),
        source_checked=form.get("checked") == "1",
    )


def _decide_challenge(conversation: Conversation, form: Mapping[str, str]) -> None:
    citing.decide_challenge(
        code=conversation.code,
        number=_number(form),
        accept=form.get("decision") == "accept",
        reason=form.get("reason", ""),
    )


def _reply(conversation: Conversation, form: Mapping[str, str]) -> None:
    citing.reply(code=conversation.code, number=_number(form), text=form.get("reply", ""))


def _close(conversation: Conversation, form: Mapping[str, str]) -> None:
    citing.close_challenge(code=conversation.code, number=_number(form), at=shown.now())


def _number(form: Mapping[str, str]) -> int:
    return number_in(form.get("number", "")) or 0


ACTS: dict[str, Callable[[Conversation, Mapping[str, str]], None]] = {
    "attach": _attach,
    "check": _check,
    "card": _decide_card,
    "challenge": _decide_challenge,
    "reply": _reply,
    "close": _close,
}


def _content(conversation: Conversation) -> Content:
    return {
        "conversation": shown.conversation_shown(conversation),
        "sealed": conversation.segment == "published",
        "places": _places(conversation),
        "on": "",
        "card": dict.fromkeys(FIELDS, ""),
        "cards": [
            _card(one) for one in conversation.evidence.exclude(state="refused").select_related("statement", "talk")
        ],
        "challenges": [
            _challenge(one) for one in conversation.challenges.exclude(state="refused").select_related("evidence")
        ],
        "reasons": [{"key": key, "name": _(shown.REASON_NAMES[key])} for key in REASONS],
        "error": None,
    }


def _places(conversation: Conversation) -> list[Content]:
    """What a card can be put on: talks, then statements and lines that are up."""
    talks = [
        {"key": f"talk-{one.number}", "name": f"{told['kind_name']} · {told['title']}"}
        for one in conversation.interludes.filter(kind="talk")
        for told in [shown.interlude_shown(one)]
    ]
    statements = conversation.statements.filter(state="accepted")
    return [*talks, *({"key": f"statement-{s.number}", "name": f"{s.number} · {s.text}"} for s in statements)]


def _card(one: Evidence) -> Content:
    return {
        **evidence.card_shown(one),
        "waiting": one.state == "waiting",
        "on": shown.interlude_shown(one.talk)["title"] if one.talk else one.statement.text if one.statement else "",
    }


def _challenge(one: Challenge) -> Content:
    return {
        **evidence.challenge_shown(one),
        "waiting": one.state == "waiting",
        "card": {"number": one.evidence.number, "figure": one.evidence.figure, "unit": one.evidence.unit},
    }
