"""The host's keys for programs, opened by the host's key as a bearer token or by the host's cookie."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from onnuri.conversation import actions
from onnuri.conversation.models import Conversation
from onnuri.conversation.queries import conversation_by_code
from onnuri.conversation.rehearsal import delete_rehearsal, make_rehearsal
from onnuri.errors import BadRequest, Forbidden, Unprocessable
from onnuri.publishing import sitting
from onnuri.publishing.models import Record, Shortlist, Slate
from onnuri.web import shown
from onnuri.web.api.bodies import Act, Codes, Decision, Prepare, Rehearsal, body_of
from onnuri.web.voices import host_of


def _required(request: HttpRequest, code: str) -> Conversation:
    conversation = conversation_by_code(code)
    if not host_of("c", conversation, request):
        raise Forbidden("host_only")
    return conversation


@csrf_exempt
def state(request: HttpRequest, code: str) -> HttpResponse:
    """Where the sitting stands; DELETE removes it, if it is a rehearsal."""
    conversation = _required(request, code)
    if request.method == "DELETE":
        delete_rehearsal(code=code)
        return JsonResponse({"ok": True})
    if request.method != "GET":
        raise BadRequest("method")
    record = Record.objects.filter(conversation=conversation).first()
    shortlist = Shortlist.objects.filter(conversation=conversation).first()
    slate = Slate.objects.filter(conversation=conversation).first()
    published = shown.latest_landscape(conversation)
    return JsonResponse(
        {
            "ok": True,
            "segment": conversation.segment,
            "rounds": conversation.rounds.count(),
            "turnout": shown.turnout(conversation),
            "shortlist": [c["id"] for c in shortlist.candidates] if shortlist else [],
            "slate": slate.document["statements"] if slate else [],
            "conclusion": sitting.conclusion_of(conversation),
            "landscape": shown.landscape_shown(published),
            "record": {"digest": record.digest, "url": f"/r/{conversation.code}/record.zip"} if record else None,
        }
    )


@csrf_exempt
def act(request: HttpRequest, code: str) -> HttpResponse:
    """One step on."""
    conversation = _required(request, code)
    body = body_of(request, Act)
    at = shown.now()
    match body.action:
        case "open_round":
            sitting.open_vote_round(code=code, at=at, pem=settings.FOLDER.signing_key)
        case "close_round":
            sitting.close(code=code, at=at)
        case "open_shortlist":
            sitting.ask_for_shortlist(code=code)
        case "open_ratification":
            sitting.open_ratification(code=code, at=at)
        case "publish":
            try:
                named = [(c.line, c.addressee, date.fromisoformat(c.due)) for c in body.commitments]
            except ValueError:
                raise Unprocessable("due", field="due") from None
            sitting.ask_to_publish(code=code, commitments=named, today=at.date())
        case _:
            raise BadRequest("method")
    conversation.refresh_from_db()
    return JsonResponse({"ok": True, "segment": conversation.segment})


@csrf_exempt
def prepare(request: HttpRequest, code: str) -> HttpResponse:
    """Set the grace and who may write and ballot, and say where statements come from, while nothing is signed."""
    _required(request, code)
    body = body_of(request, Prepare)
    given = {"grace_s": body.grace_s, "post": body.post, "ballot": body.ballot}
    changes = {name: value for name, value in given.items() if value is not None}
    rules = sitting.draft_rules(code=code, changes=changes, attribution=body.attribution)
    return JsonResponse({"ok": True, "rules": rules.document(), "digest": rules.digest})


@csrf_exempt
def codes(request: HttpRequest, code: str) -> HttpResponse:
    """Make one-time codes; they are told once."""
    _required(request, code)
    body = body_of(request, Codes)
    made = actions.issue_codes(code=code, channel=body.channel, count=body.count, origin=body.origin)
    return JsonResponse({"ok": True, "codes": made}, status=201)


@csrf_exempt
def decide(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Publish or refuse a statement."""
    _required(request, code)
    body = body_of(request, Decision)
    made = actions.decide(
        code=code, number=number, accept=body.decision == "accept", reason=body.reason, at=shown.now()
    )
    return JsonResponse({"ok": True, "id": made.number, "state": made.state})


@csrf_exempt
def rehearsals(request: HttpRequest, code: str) -> HttpResponse:
    """Make a copy to rehearse on; its key is told once."""
    conversation = _required(request, code)
    body_of(request, Rehearsal)
    copy, key = make_rehearsal(code=conversation.code, at=shown.now())
    made = {"code": copy.code, "key": key, "host": f"/host/c/{copy.code}?key={key}", "simulated": True}
    return JsonResponse({"ok": True, **made}, status=201)
