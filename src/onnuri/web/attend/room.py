"""The phone's one address: whatever is on now."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any

from django.conf import settings as installed
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from onnuri.conversation.interlude import BETWEEN
from onnuri.conversation.models import BallotVote, Vote
from onnuri.conversation.queries import conversation_by_code
from onnuri.conversation.voice_keys import keys_of
from onnuri.errors import Forbidden
from onnuri.live.drawing import SHARED
from onnuri.live.exposure import EXPOSURE
from onnuri.live.room_page import LONG, PLACES
from onnuri.publishing.sitting import conclusion_of, rules_of, wanted_exposure_of
from onnuri.vocabulary import in_language
from onnuri.web import evidence, shown
from onnuri.web.attend import between
from onnuri.web.consents import consents_shown
from onnuri.web.outcome import result_lines
from onnuri.web.page import error_content, error_of, number_in, page
from onnuri.web.renderings import with_translations
from onnuri.web.voices import SIGNER, has_moved, voice_of
from onnuri.web.where import where_content

if TYPE_CHECKING:
    from onnuri.conversation.models import Conversation, Round, Voice

Content = dict[str, Any]


def room(request: HttpRequest, code: str) -> HttpResponse:  # noqa: PLR0911 - one return a segment
    """What this phone should show at this moment."""
    conversation = conversation_by_code(code)
    if code != conversation.code:
        return redirect("attend:room", conversation.code)
    if conversation.segment == "published":
        return redirect("public:record", conversation.code)
    voice = voice_of(request, conversation)
    if voice is None:
        return page(request, "attend/join.html", join_content(request, conversation))
    if (on := conversation.interlude) is not None and conversation.segment in BETWEEN:
        return between.room(request, conversation, voice, on)
    match conversation.segment:
        case "round":
            return page(request, "attend/vote.html", vote_content(request, conversation, voice))
        case "where":
            return page(request, "attend/where.html", where_content(conversation, voice))
        case "shortlist" | "ratification":
            return page(request, "attend/ballot.html", ballot_content(request, conversation, voice))
        case _:
            return page(request, "attend/now.html", now_content(conversation))


def state(_request: HttpRequest, code: str) -> HttpResponse:
    """What the stream would say, for phones whose stream cannot be opened."""
    conversation = conversation_by_code(code)
    content = {
        "ok": True,
        "segment": conversation.segment,
        "round": conversation.rounds.count(),
        "version": conversation.version,
        "interlude": shown.on_now(conversation),
        "screen": conversation.screen,
        "asked": None if conversation.question_asked is None else conversation.question_asked.number,
        "turnout": shown.turnout(conversation),
    }
    answer = JsonResponse(content)
    answer["Cache-Control"] = "public, max-age=2"
    return answer


def join_content(request: HttpRequest, conversation: Conversation) -> Content:
    """The door: what one agrees to, and the code where one is needed."""
    seat_code = request.GET.get("ticket", request.GET.get("seat_code", ""))
    # Who brings a ticket to an open conversation uses it: their voice then counts in its own channel.
    policy = "ticket" if seat_code else conversation.rules.get("vote", "code")
    keys: dict[str, str] = {}
    if policy != "open":
        keys = conversation.voice_keys or keys_of(code=conversation.code, folder=installed.FOLDER)
    moved = error_content(Forbidden("voice_moved")) if has_moved(request, conversation) else None
    return {
        "conversation": shown.conversation_shown(conversation),
        "policy": policy,
        "consents": consents_shown(conversation),
        "voice_keys": json.dumps(keys) if keys else "",
        "traits": [
            {
                "number": number,
                "label": in_language(asked["label"], shown.language()),
                "options": [in_language(option, shown.language()) for option in asked["options"]],
            }
            for number, asked in enumerate(conversation.traits_asked, 1)
        ],
        "error": error_of(request) or moved,
        "code": conversation.code,
        "seat_code": seat_code,
        "join_id": PLACES["join"] if SHARED in request.COOKIES else secrets.token_urlsafe(18),
    }


def now_content(conversation: Conversation) -> Content:
    """A moment in which one only waits: what is going on and what one can do meanwhile."""
    headline, hint = _said(conversation)
    return {
        "conversation": shown.conversation_shown(conversation),
        "segment": conversation.segment,
        "turnout": shown.turnout(conversation),
        "headline": headline,
        "hint": hint,
        "lines": _outcome_lines(conversation),
        "landscape": shown.landscape_shown(shown.latest_landscape(conversation)),
    }


def _outcome_lines(conversation: Conversation) -> list[Content]:
    """The draft conclusion, and after its ratification what became of it."""
    if conversation.segment == "slate":
        return _slate_lines(conversation)
    if conversation.segment != "result":
        return []
    head = {"certificate": conversation.slate.certificate, "conclusion": conclusion_of(conversation)}
    return result_lines(conversation, head)


def _said(conversation: Conversation) -> tuple[str, str]:
    match conversation.segment:
        case "lobby":
            return _("곧 시작해요"), _("이 화면에서 기다리면 저절로 열려요.")
        case "computing":
            return _("계산하고 있어요"), _("몇 초면 돼요. 늦게 닿은 답도 유예 안이면 함께 세요.")
        case "slate":
            return _("결론안이 나왔어요"), _(
                "아무도 고르지 않았고, 시작할 때 서명한 규칙이 골랐어요. 곧 추인 투표가 열려요."
            )
        case "result" if conclusion_of(conversation):
            return _("우리의 결론이 되었습니다"), _("곧 공개 기록으로 나와요.")
        case "result":
            return _("공동 결론이 없습니다"), _("까닭과 갈린 곳까지 그대로 기록으로 남아요.")
        case _:
            return _("잠시 기다려 주세요"), ""


def vote_content(request: HttpRequest, conversation: Conversation, voice: Voice) -> Content:
    """The deck: statements this voice has not answered, least shown against its share first."""
    now = conversation.rounds.last()
    assert now is not None  # noqa: S101 - the segment says a round is open
    accepted = {s.number: s for s in conversation.statements.filter(state="accepted")}
    answered = set(Vote.objects.filter(voice=voice, late=False).values_list("statement__number", flat=True))
    unanswered = [n for n in accepted if n not in answered]
    wanted = wanted_exposure_of(conversation)
    shared = request.COOKIES.get(SHARED, "")
    # Drawn for many: the hot path puts everybody's own deck in, and counts what it shows.
    chosen = [] if shared else EXPOSURE.deck(conversation.pk, voice.channel, voice.pk, unanswered, wanted)
    deck = [accepted[n] for n in chosen]
    again = number_in(request.GET.get("statement", ""))
    if again in accepted:
        # Undo without JavaScript: the card comes back and may be answered anew.
        deck = [accepted[again], *(s for s in deck if s.number != again)]
    ticket = SIGNER.round_ticket(conversation.pk, now.number)
    cited = evidence.by_statement(conversation)
    counts = {number: len(cards) for number, cards in cited.items()}
    told = with_translations(
        conversation,
        evidence.with_counts([{"id": s.number, "text": s.text, "lang": s.lang} for s in deck], counts),
    )
    return {
        "conversation": shown.conversation_shown(conversation),
        "round": {"number": now.number, "closes_in": shown.closes_in(conversation)},
        "card": _card(told[0], deck[0].kind, cited) if deck else None,
        "left": len(unanswered),
        "total": len(accepted),
        "round_ticket": ticket,
        "deck": json.dumps(
            {
                "round": now.number,
                "round_ticket": ticket,
                "statements": told,
                "total": len(accepted),
                "left": len(unanswered),
            },
            ensure_ascii=False,
        ),
        "undo": None,
        "all_answered": not unanswered,
        "error": error_of(request),
        **(_open_places(shared) if shared and unanswered else {}),
    }


def _card(told: Content, kind: str, cited: dict[int, list[Content]]) -> Content:
    read = told.get("translation", told)["text"]
    return {**told, "kind": kind, "cards": cited.get(told["id"], []), "is_long": len(read) > LONG}


def _open_places(shared: str) -> Content:
    """A card and a deck that are nobody's: the hot path replaces them. `shared` = how long, and who translated it."""
    size, _dash, by = shared.partition("-")
    card: Content = {name: PLACES[name] for name in ("id", "text", "lang")}
    if by:
        read = {"text": PLACES["translation"], "lang": PLACES["translation_lang"], "machine": by == "machine"}
        card["translation"] = read
    return {"card": {**card, "kind": "", "is_long": size == "long", "cards": []}, "deck": PLACES["deck"]}


def ballot_content(request: HttpRequest, conversation: Conversation, voice: Voice) -> Content:
    """The shortlist, or the slate and the whole."""
    now = conversation.rounds.last()
    assert now is not None  # noqa: S101
    mine = dict(BallotVote.objects.filter(voice=voice, round=now).values_list("line", "value"))
    lines = [
        {**line, "number": number, "my_value": mine.get(line["id"])}
        for number, line in enumerate(_lines(conversation, now, voice), start=1)
    ]
    total = len(lines) + (now.kind == "ratification")
    rules = rules_of(conversation)
    return {
        "conversation": shown.conversation_shown(conversation),
        "kind": now.kind,
        "lines": lines,
        "whole": {"my_value": mine.get(0)} if now.kind == "ratification" else None,
        "answered": len(mine),
        "total": total,
        "closes_in": shown.closes_in(conversation),
        "round_ticket": SIGNER.round_ticket(conversation.pk, now.number),
        "rules": {
            "ratify_overall": rules.ratify_overall,
            "ratify_group": rules.ratify_group,
            "quorum": rules.quorum,
        },
        "complete": len(mine) >= total,
        "error": error_of(request),
    }


def _lines(conversation: Conversation, now: Round, voice: Voice) -> list[Content]:
    statements = shown.statements_by_number(conversation)
    if now.kind == "shortlist":
        ids = [c["id"] for c in conversation.shortlist.candidates]
        # No figures while the ballot is open; and an order of one's own, so that nobody is always first.
        ids = EXPOSURE.shuffled(voice.pk, ids)
        rows = [shown.line_shown(statements[i], None, None) for i in ids if i in statements]
        return with_translations(conversation, rows)
    return _slate_lines(conversation)


def _slate_lines(conversation: Conversation) -> list[Content]:
    statements = shown.statements_by_number(conversation)
    published = shown.latest_landscape(conversation)
    standings = {s["id"]: s for s in conversation.slate.certificate["lines"]}
    rows = [
        shown.line_shown(statements[i], standings[i], published.document if published else None)
        for i in conversation.slate.document["statements"]
        if i in statements
    ]
    return with_translations(conversation, rows)
