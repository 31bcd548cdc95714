"""Pages of the phone: read the request, call one action or query, answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from onnuri.conversation import actions
from onnuri.conversation.models import Vote
from onnuri.conversation.queries import conversation_by_code
from onnuri.errors import BadRequest, NotFound, Refusal
from onnuri.live.token import cookie_name
from onnuri.web import evidence, shown
from onnuri.web.attend.evidence import own_cards
from onnuri.web.opinion_map import map_content
from onnuri.web.page import error_content, error_of, number_in, page
from onnuri.web.renderings import with_translations
from onnuri.web.voices import SIGNER, required_voice, voice_of
from onnuri.web.where import where_content
from onnuri.web.written import language_of_text

if TYPE_CHECKING:
    from onnuri.conversation.models import Conversation, Statement, Voice

Content = dict[str, Any]


def join(request: HttpRequest) -> HttpResponse:
    """Enter a code; a right one leads to its room."""
    code = "".join(c for c in request.GET.get("code", "").upper() if c.isalnum())
    content: Content = {
        "conversation": None,
        "policy": None,
        "error": error_of(request),
        "code": code,
        "seat_code": "",
    }
    if code:
        try:
            return redirect("attend:room", conversation_by_code(code).code)
        except NotFound as refusal:
            content["error"] = {**error_content(refusal), "field": "code"}
            return page(request, "attend/join.html", content, status=404)
    return page(request, "attend/join.html", content)


def by_hot_path(request: HttpRequest, code: str) -> HttpResponse:
    """Somebody opened a form's address: the room is the place to be."""
    if request.method == "POST":
        raise BadRequest("method")
    return redirect("attend:room", code)


def mine(request: HttpRequest, code: str) -> HttpResponse:
    """What became of one's statements, and one's answers."""
    conversation = conversation_by_code(code)
    voice = required_voice(request, conversation)
    published = shown.latest_landscape(conversation)
    document = published.document if published else None
    now = conversation.rounds.last()
    is_open = now is not None and now.closed_at is None and now.kind == "vote"
    content = {
        "conversation": shown.conversation_shown(conversation),
        "statements": [_own(s, document) for s in voice.statements.all()],
        "votes": with_translations(conversation, _votes(voice, is_open=is_open)),
        "round_open": is_open,
        "round_ticket": SIGNER.round_ticket(conversation.pk, now.number) if now and is_open else "",
        "error": error_of(request),
    }
    return page(request, "attend/mine.html", content)


def _own(statement: Statement, document: Content | None) -> Content:
    known = document is not None and str(statement.number) in document["by_statement"]
    return {
        "id": statement.number,
        "text": statement.text,
        "lang": statement.lang,
        "kind": statement.kind,
        "state": statement.state,
        "state_name": _(shown.STATE_NAMES[statement.state]),
        "reason_name": _(shown.REASON_NAMES[statement.reason]) if statement.reason else "",
        "finding": shown.finding(document, statement) if known and document is not None else None,
        "cards": own_cards(statement),
        "can_attach": statement.state in {"waiting", "accepted"},
    }


def _votes(voice: Voice, *, is_open: bool) -> list[Content]:
    last: dict[int, Vote] = {}
    for vote in Vote.objects.filter(voice=voice).select_related("statement", "round").order_by("round__number"):
        last[vote.statement.number] = vote
    return [
        {
            "id": number,
            "text": vote.statement.text,
            "lang": vote.statement.lang,
            "value": vote.value,
            "value_name": _(shown.VALUE_NAMES[vote.value]),
            "changeable": is_open and vote.statement.state == "accepted",
        }
        for number, vote in sorted(last.items())
    ]


def where(request: HttpRequest, code: str) -> HttpResponse:
    """Where we stand, in sentences."""
    conversation = conversation_by_code(code)
    return page(
        request, "attend/where.html", where_content(conversation, voice_of(request, conversation)), private=("me",)
    )


def opinion_map(request: HttpRequest, code: str) -> HttpResponse:
    """Where we stand, as a map with its table."""
    conversation = conversation_by_code(code)
    voice = voice_of(request, conversation)
    return page(request, "attend/map.html", map_content(conversation, voice), private=("me", "dots", "former"))


def lines(request: HttpRequest, code: str) -> HttpResponse:
    """Propose a line that joins statements; read what others miss in it."""
    conversation = conversation_by_code(code)
    voice = required_voice(request, conversation)
    content = _lines_content(conversation, voice)
    if request.method == "POST":
        content["text"] = request.POST.get("text", "")
        content["cites"] = [n for c in request.POST.getlist("cite") if (n := number_in(c)) is not None]
        try:
            actions.propose_line(
                code=code,
                voice=voice.pk,
                text=content["text"],
                lang=language_of_text(content["text"]),
                cites=content["cites"],
                at=shown.now(),
            )
        except Refusal as refusal:
            content["error"] = error_content(refusal)
            return page(request, "attend/lines.html", content, status=refusal.status)
        return redirect("attend:lines", code)
    return page(request, "attend/lines.html", content)


def _lines_content(conversation: Conversation, voice: Voice) -> Content:
    published = shown.latest_landscape(conversation)
    document = published.document if published else None
    statements = shown.statements_by_number(conversation)
    every = list(conversation.statements.filter(kind="line").prefetch_related("objections"))
    disagreed = _not_agreed(voice)
    own = {s.pk for s in every if s.author_id == voice.pk}
    candidates = []
    cards = evidence.by_statement(conversation)
    if document is not None:
        order = sorted(document["by_statement"], key=lambda n: (-document["by_statement"][n]["weakest"], int(n)))
        candidates = [shown.finding(document, statements[int(n)]) for n in order if int(n) in statements]
    return {
        "conversation": shown.conversation_shown(conversation),
        "candidates": [c for c in candidates if c["kind"] != "line"],
        "text": "",
        "cites": [],
        "error": _why_not(conversation, voice),
        "open": conversation.segment in {"lobby", "round", "computing", "where"},
        "mine": [
            _own_line(s, document, voice) | {"evidence": cards.get(s.number, [])}
            for s in every
            if s.pk in own and s.state != "withdrawn"
        ],
        "others": [
            {
                "id": s.number,
                "text": s.text,
                "lang": s.lang,
                "cites": s.cites,
                "objected": any(o.voice_id == voice.pk for o in s.objections.all()),
                "can_object": s.number in disagreed,
                "evidence": cards.get(s.number, []),
            }
            for s in every
            if s.pk not in own and s.state == "accepted"
        ],
    }


def _not_agreed(voice: Voice) -> set[int]:
    # In the order of the rounds: the last answer is the one that stands.
    last = dict(
        Vote.objects.filter(voice=voice, statement__kind="line")
        .order_by("round__number")
        .values_list("statement__number", "value")
    )
    return {number for number, value in last.items() if value != 1}


def _own_line(line: Statement, document: Content | None, voice: Voice) -> Content:
    groups = {}
    if document is not None and document["k"] > 1:
        # A group is named only where it is tested: in a small one the speaker could be guessed.
        named = {number: g for number, g in shown.groups_by_id(document).items() if g["tested"]}
        people = document["people"]
        groups = {i: named.get(g) for i, g in zip(people["id"], people["group"], strict=True)}
    return {
        "id": line.number,
        "text": line.text,
        "lang": line.lang,
        "state": line.state,
        "state_name": _(shown.STATE_NAMES[line.state]),
        "cites": line.cites,
        "objections": [
            {"text": o.text, "lang": o.lang, "group": groups.get(o.voice_id)} for o in line.objections.all()
        ],
        "can_redraft": line.redraft_of_id is None and line.author_id == voice.pk,
    }


@require_POST
def redraft(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Write one's line anew, once."""
    conversation = conversation_by_code(code)
    voice = required_voice(request, conversation)
    text = request.POST.get("text", "")
    actions.redraft(code=code, voice=voice.pk, number=number, text=text, lang=language_of_text(text), at=shown.now())
    return redirect("attend:lines", code)


@require_POST
def missing(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Say what is missing in somebody's line."""
    conversation = conversation_by_code(code)
    voice = required_voice(request, conversation)
    text = request.POST.get("text", "")
    actions.say_what_is_missing(code=code, voice=voice.pk, number=number, text=text, lang=language_of_text(text))
    return redirect("attend:lines", code)


def rules(request: HttpRequest, code: str) -> HttpResponse:
    """The rules everybody can read."""
    from onnuri.web.rules import rules_content  # noqa: PLC0415 - shared with the host's page

    return page(request, "attend/rules.html", rules_content(conversation_by_code(code)))


@require_POST
def leave(request: HttpRequest, code: str) -> HttpResponse:
    """Leave and erase what this voice said."""
    conversation = conversation_by_code(code)
    actions.forget_voice(code=code, voice=required_voice(request, conversation).pk)
    answer = redirect("public:home")
    answer.delete_cookie(cookie_name(conversation.code))
    return answer
