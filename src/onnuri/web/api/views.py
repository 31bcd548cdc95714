"""Public JSON, statements and registrations."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from onnuri.conference import actions as places
from onnuri.conference import queries
from onnuri.conference.models import Conference, Registration
from onnuri.conversation import actions
from onnuri.conversation.models import Conversation
from onnuri.conversation.queries import conversation_by_code
from onnuri.conversation.rehearsal import REHEARSALS
from onnuri.errors import BadRequest, Unprocessable
from onnuri.live.claiming import NewRegistration, ask_of_body, claim_answer
from onnuri.live.desk import DEVICE
from onnuri.masking import masked_document
from onnuri.vocabulary import LANGUAGES, in_language
from onnuri.web import shown
from onnuri.web.api.bodies import NewStatement, body_of
from onnuri.web.registrations import receipts
from onnuri.web.voices import required_voice


def conversations(_request: HttpRequest) -> HttpResponse:
    """The public conversations."""
    found = [
        {
            "code": c.code,
            "title": in_language(c.question, shown.language()),
            "state": c.segment,
            "simulated": c.simulated,
        }
        for c in Conversation.objects.exclude(REHEARSALS).order_by("pk")
    ]
    return JsonResponse({"ok": True, "conversations": found})


def conferences(_request: HttpRequest) -> HttpResponse:
    """The public conferences."""
    found = [
        {
            "slug": c.slug,
            "title": in_language(c.title, shown.language()),
            "state": queries.places(c, at=shown.now()).state,
            "simulated": c.simulated,
        }
        for c in Conference.objects.order_by("pk")
    ]
    return JsonResponse({"ok": True, "conferences": found})


# The JSON doors are exempt from the form token: they take only JSON, which another site cannot send unasked.
@csrf_exempt
def statements(request: HttpRequest, code: str) -> HttpResponse:
    """Write a statement with the voice's cookie."""
    _require(request, "POST")
    conversation = conversation_by_code(code)
    voice = required_voice(request, conversation)
    body = body_of(request, NewStatement)
    lang = body.lang or shown.language()
    if lang.lower() not in LANGUAGES and voice.origin != "imported":
        raise Unprocessable("language", field="lang", lang=lang[:20])
    made = actions.write_statement(code=code, voice=voice.pk, text=body.text, lang=lang, at=shown.now())
    return JsonResponse({"ok": True, "id": made.number, "state": made.state}, status=201)


def _require(request: HttpRequest, *methods: str) -> None:
    if request.method not in methods:
        raise BadRequest("method")


def landscape(_request: HttpRequest, code: str) -> HttpResponse:
    """As of the last close, without people, small cells masked."""
    published = shown.latest_landscape(conversation_by_code(code))
    if published is None:
        return JsonResponse({"ok": True, "landscape": None})
    document = masked_document(published.document)
    document["age_s"] = int((shown.now() - published.published_at).total_seconds())
    return JsonResponse({"ok": True, "landscape": document, **document})


@csrf_exempt
def registrations(request: HttpRequest, slug: str) -> HttpResponse:
    """Claim a place; the same key gets the same answer."""
    _require(request, "POST")
    body = body_of(request, NewRegistration)
    ask = ask_of_body(
        body, request.headers.get("Idempotency-Key", ""), shown.language(), request.COOKIES.get(DEVICE, "")
    )
    return JsonResponse(_told(places.claim(slug, ask, at=shown.now()).registration))


def _told(own: Registration) -> dict[str, Any]:
    return claim_answer(own, queries.position(own), queries.receipt(own), receipts())


@csrf_exempt
def registration(request: HttpRequest, slug: str, claim: str) -> HttpResponse:
    """Where a claim stands, or giving the place up."""
    _require(request, "GET", "DELETE")
    if request.method == "DELETE":
        return JsonResponse(_told(places.give_up(slug=slug, claim=claim, at=shown.now())))
    return JsonResponse(_told(queries.registration_by_claim(slug, claim)))
