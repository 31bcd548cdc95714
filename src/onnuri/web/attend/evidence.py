"""Evidence on the phone: all cards with what is challenged in them, one's own challenge, a card on one's statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from onnuri.conversation import citing
from onnuri.conversation.evidence import LIMITS, MOST_A_STATEMENT
from onnuri.conversation.models import ChallengeVote
from onnuri.conversation.queries import conversation_by_code
from onnuri.errors import NotFound, Refusal
from onnuri.web import evidence, shown
from onnuri.web.page import error_content, error_of, number_in, page
from onnuri.web.voices import required_voice, voice_of
from onnuri.web.written import language_of_text

if TYPE_CHECKING:
    from onnuri.conversation.models import Conversation, Statement, Voice

Content = dict[str, Any]
FIELDS = (*LIMITS, "url")
OWN = frozenset({"mine", "own_challenges", "text", "source", "about"})
"""What only one's own page says."""


def cards(request: HttpRequest, code: str) -> HttpResponse:
    """All cards of a conversation, or those of one statement; whoever has a voice may challenge a figure."""
    conversation = conversation_by_code(code)
    content = _content(conversation, voice_of(request, conversation), number_in(request.GET.get("statement", "")))
    content["error"] = error_of(request)
    if request.method == "POST":
        given = {name: request.POST.get(name, "") for name in ("text", "source")}
        content |= {**given, "about": number_in(request.POST.get("card", ""))}
        try:
            _challenge(request, conversation, content["about"], **given)
        except Refusal as refusal:
            content["error"] = error_content(refusal)
            return page(request, "attend/evidence.html", content, status=refusal.status)
        return redirect("attend:evidence", code)
    return page(request, "attend/evidence.html", content, private=OWN)


def _challenge(request: HttpRequest, conversation: Conversation, about: int | None, *, text: str, source: str) -> None:
    citing.challenge(
        code=conversation.code,
        voice=required_voice(request, conversation).pk,
        number=about or 0,
        text=text,
        source=source,
        lang=language_of_text(text),
        at=shown.now(),
    )


def _content(conversation: Conversation, voice: Voice | None, statement: int | None) -> Content:
    votes = ChallengeVote.objects.filter(voice=voice, challenge__conversation=conversation) if voice else None
    return {
        "conversation": shown.conversation_shown(conversation),
        "things": evidence.things(conversation, statement=statement),
        "open": conversation.segment != "published",
        "mine": dict(votes.values_list("challenge__number", "value")) if votes is not None else None,
        "own_challenges": _own_challenges(voice),
        "text": "",
        "source": "",
        "about": None,
    }


def _own_challenges(voice: Voice | None) -> list[Content]:
    """One's own that wait or were refused; those that were published stand under their card."""
    if voice is None:
        return []
    return [
        {
            "number": one.number,
            "text": one.text,
            "lang": one.lang,
            "state": one.state,
            "state_name": _(shown.STATE_NAMES[one.state]),
            "reason_name": _(shown.REASON_NAMES[one.reason]) if one.reason else "",
        }
        for one in voice.challenges.exclude(state="accepted")
    ]


def attach(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Put a figure with its source on one's own statement."""
    conversation = conversation_by_code(code)
    voice = required_voice(request, conversation)
    said = voice.statements.filter(number=number, state__in=("waiting", "accepted")).first()
    if said is None:
        raise NotFound("statement_unknown", statement=number)
    content = _attach_content(conversation, said)
    if request.method == "POST":
        content["card"] = {name: request.POST.get(name, "") for name in FIELDS}
        try:
            citing.attach(
                code=code,
                voice=voice.pk,
                statement=number,
                card=content["card"],
                lang=language_of_text(content["card"]["about"]),
                at=shown.now(),
            )
        except Refusal as refusal:
            content["error"] = error_content(refusal)
            return page(request, "attend/attach.html", content, status=refusal.status)
        return redirect("attend:mine", code)
    return page(request, "attend/attach.html", content)


def _attach_content(conversation: Conversation, said: Statement) -> Content:
    return {
        "conversation": shown.conversation_shown(conversation),
        "statement": {"id": said.number, "text": said.text, "lang": said.lang},
        "left": MOST_A_STATEMENT - said.evidence.exclude(state="refused").count(),
        "card": dict.fromkeys(FIELDS, ""),
        "error": None,
    }


def own_cards(statement: Statement) -> list[Content]:
    """The cards of one's own statement, with what became of each."""
    return [
        {
            "number": card.number,
            "figure": card.figure,
            "unit": card.unit,
            "about": card.about,
            "lang": card.lang,
            "state_name": _(shown.STATE_NAMES[card.state]),
            "reason_name": _(shown.REASON_NAMES[card.reason]) if card.reason else "",
        }
        for card in statement.evidence.order_by("number")
    ]
