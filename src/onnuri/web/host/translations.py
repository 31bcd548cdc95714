"""Translations as the host keeps them: what is missing, what a machine made and nobody read, and who may be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from onnuri.conversation import translating
from onnuri.conversation.translation import TRANSLATION_LIMIT, digest_of_text, may_be_sent
from onnuri.errors import BadRequest, Conflict, Refusal
from onnuri.live.interpreter import SAID
from onnuri.live.translators import translator_of_environment
from onnuri.vocabulary import LANGUAGES
from onnuri.web import shown
from onnuri.web.host.console import required_host
from onnuri.web.host.entered import who_of
from onnuri.web.page import error_content, number_in, page
from onnuri.web.written import LANGUAGE_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable

    from onnuri.conversation.models import Conversation, Statement, Translation

Content = dict[str, Any]
A_PAGE: Final = 30


def desk(request: HttpRequest, code: str) -> HttpResponse:
    """The page itself, for one language, and each of its forms: `act` says which."""
    conversation = required_host(request, code)
    if request.method != "POST":
        return page(request, "host/translations.html", _content(request, conversation))
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise BadRequest("bad_request")
    try:
        act(request, conversation)
    except Refusal as refusal:
        content = _content(request, conversation) | {
            "error": error_content(refusal),
            "typed": {"number": number_in(request.POST.get("number", "")), "text": request.POST.get("text", "")},
        }
        return page(request, "host/translations.html", content, status=refusal.status)
    return redirect(f"{reverse('host:translations', args=[code])}?to={_to(request, conversation)}")


def _translate(request: HttpRequest, conversation: Conversation) -> None:
    translating.translate(
        code=conversation.code,
        number=_number(request),
        lang=request.POST.get("to", ""),
        text=request.POST.get("text", ""),
    )


def _confirm(request: HttpRequest, conversation: Conversation) -> None:
    translating.confirm(code=conversation.code, number=_number(request), lang=request.POST.get("to", ""))


def _take_away(request: HttpRequest, conversation: Conversation) -> None:
    translating.take_away(code=conversation.code, number=_number(request), lang=request.POST.get("to", ""))


def _switch(request: HttpRequest, conversation: Conversation) -> None:
    on = request.POST.get("on") == "1"
    if on and translator_of_environment() is None:
        raise Conflict("no_translator")
    translating.switch(code=conversation.code, on=on, who=who_of(request), at=shown.now())


def _number(request: HttpRequest) -> int:
    return number_in(request.POST.get("number", "")) or 0


ACTS: Final[dict[str, Callable[[HttpRequest, Conversation], None]]] = {
    "translate": _translate,
    "confirm": _confirm,
    "take_away": _take_away,
    "switch": _switch,
}


def _to(request: HttpRequest, conversation: Conversation) -> str:
    """The language the page is about: as asked, else the one in which most is missing."""
    asked = request.POST.get("to") or request.GET.get("to") or ""
    if asked in LANGUAGES:
        return asked
    return max(LANGUAGES, key=lambda lang: len(translating.missing(conversation, lang)))


def _content(request: HttpRequest, conversation: Conversation) -> Content:
    to, translator = _to(request, conversation), translator_of_environment()
    rows = sorted(_rows(conversation, to), key=lambda row: (ORDER[row["state"]], row["id"]))
    return {
        "conversation": shown.conversation_shown(conversation),
        "to": to,
        "to_name": LANGUAGE_NAMES[to],
        "languages": [_of_language(conversation, lang) for lang in LANGUAGES],
        "rows": rows[:A_PAGE],
        "more": max(len(rows) - A_PAGE, 0),
        "limit": TRANSLATION_LIMIT,
        "service": None if translator is None else {"id": translator.id, "place": translator.place},
        "on": translating.is_sent_outside(conversation),
        "trouble": SAID.trouble,
        "typed": {"number": None, "text": ""},
        "error": None,
    }


ORDER: Final = {"missing": 0, "stale": 1, "machine": 2, "there": 3}


def _of_language(conversation: Conversation, lang: str) -> Content:
    """How far one language is: "12 statements without vi"."""
    there = translating.renderings(conversation, lang)
    wanted = [s for s in translating.translatable(conversation) if s.lang != lang]
    made = [there[s.number] for s in wanted if s.number in there]
    return {
        "code": lang,
        "name": LANGUAGE_NAMES[lang],
        "total": len(wanted),
        "missing": len(wanted) - len(made),
        "machine": sum(one.machine for one in made),
        "private": sum(s.number not in there and not may_be_sent(s.text) for s in wanted),
    }


def _rows(conversation: Conversation, lang: str) -> list[Content]:
    made = {t.number: t for t in conversation.translations.filter(kind=translating.STATEMENTS, lang=lang)}
    return [_row(s, made.get(s.number)) for s in translating.translatable(conversation) if s.lang != lang]


def _row(statement: Statement, made: Translation | None) -> Content:
    return {
        "id": statement.number,
        "text": statement.text,
        "lang": statement.lang,
        "state": _state(statement, made),
        "translation": "" if made is None else made.text,
        "private": not may_be_sent(statement.text),
    }


def _state(statement: Statement, made: Translation | None) -> str:
    if made is None:
        return "missing"
    if made.source_digest != digest_of_text(statement.text):
        return "stale"
    return "machine" if translating.is_unread(made) else "there"
