"""Requests of rights: the form beside a text, and the requester's own page with its clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _

from onnuri.community import rights as requests
from onnuri.conversation.queries import conversation_by_code
from onnuri.errors import Refusal, Unprocessable
from onnuri.web import shown
from onnuri.web.accounts import account_of
from onnuri.web.page import error_content, number_in, page
from onnuri.web.requests import RIGHT_NAMES, request_shown, text_of_request

if TYPE_CHECKING:
    from onnuri.community.models import RightsRequest
    from onnuri.conversation.models import Conversation

Content = dict[str, Any]
FIELDS = ("name", "email", "right", "why", "evidence")


def ask(request: HttpRequest) -> HttpResponse:
    """Say that a text infringes one's rights."""
    about = request.POST if request.method == "POST" else request.GET
    kind, number = about.get("kind", ""), number_in(about.get("number", "")) or 0
    conversation = conversation_by_code(about["code"]) if about.get("code") else None
    if not number and conversation is not None and request.method == "GET":
        return page(request, "public/rights_which.html", _which(conversation))
    thing = requests.thing_of(kind, number, conversation)
    given = {name: request.POST.get(name, "") for name in FIELDS}
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            return redirect("public:rights_request", _asked(request, kind, number, conversation, given).key)
        except Refusal as problem:
            refusal = problem
    content: Content = {
        "kind": kind,
        "number": number,
        "code": conversation.code if conversation is not None else "",
        "text": thing.text if thing.state != "hidden" else "",
        "lang": thing.lang,
        "rights": [{"key": key, "name": _(RIGHT_NAMES[key])} for key in requests.RIGHTS],
        "given": given,
        "days": requests.HIDDEN_FOR.days,
        "error": error_content(refusal) if refusal is not None else None,
    }
    return page(request, "public/rights.html", content, status=refusal.status if refusal is not None else 200)


def _which(conversation: Conversation) -> Content:
    """The texts of a conversation to choose from."""
    return {
        "conversation": shown.conversation_shown(conversation),
        "texts": [
            {"number": one.number, "text": one.text, "lang": one.lang}
            for one in conversation.statements.filter(state="accepted")
        ],
    }


def _asked(
    request: HttpRequest, kind: str, number: int, conversation: Conversation | None, given: dict[str, str]
) -> RightsRequest:
    if not request.POST.get("consent"):
        raise Unprocessable("rights_consent", field="consent")
    language = translation.get_language() or "ko"
    return requests.ask(kind=kind, number=number, conversation=conversation, language=language, at=shown.now(), **given)


def one(request: HttpRequest, key: str) -> HttpResponse:
    """How far a request is, for whoever has its link."""
    requests.lapse_due(shown.now())
    found = requests.request_by_key(key, shown.now())
    text, lang = text_of_request(found)
    return page(
        request,
        "public/rights_request.html",
        {"request_of": {**request_shown(found), "decided_by": ""}, "text": text, "lang": lang, "author": False},
    )


def author(request: HttpRequest, number: int) -> HttpResponse:
    """The author of a comment reads that it is hidden, and objects; who asked for it is not told."""
    requests.lapse_due(shown.now())
    found = requests.request_of_author(number, account_of(request))
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            me = account_of(request)
            requests.object_to(
                request=number, text=request.POST.get("text", ""), account=me.pk if me else None, at=shown.now()
            )
            return redirect("public:rights_author", number)
        except Refusal as problem:
            refusal = problem
    text, lang = text_of_request(found)
    content: Content = {
        "request_of": {**request_shown(found), "name": "", "why": "", "evidence": "", "decided_by": ""},
        "text": text,
        "lang": lang,
        "author": True,
        "given": request.POST.get("text", ""),
        "error": error_content(refusal) if refusal is not None else None,
    }
    return page(request, "public/rights_request.html", content, status=refusal.status if refusal is not None else 200)
