"""How one reads on this phone: all of it cookies of the reader middleware, so that it works without any script."""

from __future__ import annotations

from typing import Any

from django.conf import settings as installed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from onnuri.conversation.queries import conversation_by_code
from onnuri.live.token import cookie_name
from onnuri.web import shown
from onnuri.web.page import page
from onnuri.web.voices import voice_of

Content = dict[str, Any]
ONE_S_OWN = ("groups", "voice", "secure")
"""How this reader reads is nobody else's."""


def settings(request: HttpRequest, code: str) -> HttpResponse:
    """Text size, language, light, contrast, motion, keys; the home screen; leaving this phone."""
    conversation = conversation_by_code(code)
    content = {
        "conversation": shown.conversation_shown(conversation),
        "groups": _groups(request),
        "voice": voice_of(request, conversation) is not None,
        "secure": request.is_secure(),
    }
    return page(request, "attend/settings.html", content, private=ONE_S_OWN)


def _groups(request: HttpRequest) -> list[Content]:
    sizes = [("1", _("보통")), ("2", _("조금 크게")), ("3", _("크게")), ("4", _("아주 크게"))]
    follows = ("", _("기기를 따라"))
    return [
        _group("text", _("글자 크기"), sizes, request.COOKIES.get("text", "1")),
        _group("lang", _("언어"), list(installed.LANGUAGES), get_language() or "ko"),
        _group("theme", _("밝기"), [follows, ("light", _("밝게")), ("dark", _("어둡게"))], _kept(request, "theme")),
        _group("contrast", _("대비"), [follows, ("more", _("진하게"))], _kept(request, "contrast")),
        _group("motion", _("움직임"), [follows, ("off", _("줄이기"))], _kept(request, "motion")),
        _group("keys", _("키보드 단축키"), [("", _("사용")), ("off", _("사용 안 함"))], _kept(request, "keys")),
    ]


def _kept(request: HttpRequest, name: str) -> str:
    return request.COOKIES.get(name, "")


def _group(name: str, label: str, choices: list[tuple[str, str]], chosen: str) -> Content:
    known = chosen if chosen in dict(choices) else choices[0][0]
    shown_choices = [{"value": value, "name": words, "chosen": value == known} for value, words in choices]
    return {"name": name, "label": label, "choices": shown_choices}


@require_POST
def leave_phone(_request: HttpRequest, code: str) -> HttpResponse:
    """Put the voice down on this phone; what it answered stays counted."""
    conversation = conversation_by_code(code)
    answer = redirect("attend:room", conversation.code)
    answer.delete_cookie(cookie_name(conversation.code))
    return answer
