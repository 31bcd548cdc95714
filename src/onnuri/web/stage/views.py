"""The big screen: what the hall sees now. No figure of an open round, nothing unmoderated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse

from onnuri.conversation.interlude import BETWEEN
from onnuri.conversation.queries import conversation_by_code
from onnuri.publishing.models import Record
from onnuri.web import shown
from onnuri.web.opinion_map import map_content, names_content
from onnuri.web.outcome import figures_of_result, result_lines
from onnuri.web.page import page
from onnuri.web.qr import qr
from onnuri.web.renderings import with_translations
from onnuri.web.stage import between
from onnuri.web.stage.drafting import drafting_content
from onnuri.web.stage.reading import sentences

if TYPE_CHECKING:
    from onnuri.conversation.models import Conversation

Content = dict[str, Any]
VIEWS = {
    "lobby": "join",
    "round": "vote",
    "computing": "waiting",
    "where": "share",
    "shortlist": "ballot",
    "slate": "slate",
    "ratification": "ballot",
}
BETWEEN_ROUNDS = frozenset({"talk", "questions", "drafting", "poll"})
FIGURES = frozenset({"share", "map"})
BALLOTS = frozenset({"shortlist", "ratification"})
SHARED = 3


def stage(request: HttpRequest, code: str) -> HttpResponse:
    """The screen of this moment; `?view=map` shows the map after a round."""
    conversation = conversation_by_code(code)
    view = _view(conversation, request.GET.get("view", ""))
    if view in BETWEEN_ROUNDS:
        return page(
            request, "stage/stage.html", _content(request, conversation, view) | between.content(conversation, view)
        )
    return page(request, "stage/stage.html", _content(request, conversation, view), private=("dots", "former"))


def _view(conversation: Conversation, asked: str) -> str:
    """What the host chose, else what is on between rounds, else what the segment calls for."""
    if conversation.screen:
        return _chosen(conversation)
    on = conversation.interlude
    if on is not None and conversation.segment in BETWEEN:
        return _if_there(conversation, on.kind if on.kind in {"map", "talk", "questions", "drafting"} else "poll")
    return _of_segment(conversation, asked)


def _chosen(conversation: Conversation) -> str:
    """What the host chose; figures need a landscape, and have no place beside an open ballot."""
    if conversation.screen not in FIGURES:
        return conversation.screen
    if conversation.segment in BALLOTS:
        return VIEWS[conversation.segment]
    return _if_there(conversation, conversation.screen)


def _if_there(conversation: Conversation, view: str) -> str:
    """Figures of a landscape need one; nothing may be put on the screen before it is there."""
    return "join" if view in FIGURES and shown.latest_landscape(conversation) is None else view


def _of_segment(conversation: Conversation, asked: str) -> str:
    if conversation.segment in {"result", "published"}:
        return "ratified" if _head(conversation)["outcome"] == "conclusion" else "none"
    if conversation.segment == "where" and asked == "map":
        return "map"
    return VIEWS[conversation.segment]


def _head(conversation: Conversation) -> Content:
    """The head of the record, or what it will say of the outcome."""
    record = Record.objects.filter(conversation=conversation).first()
    if record is not None:
        return dict(record.head)
    proof = conversation.slate.certificate
    conclusion = proof["ratification"]["conclusion"] if proof["ratification"] else []
    return {
        "certificate": proof,
        "conclusion": conclusion,
        "outcome": "conclusion" if conclusion else "none",
        "commitments": [],
    }


def _content(request: HttpRequest, conversation: Conversation, view: str) -> Content:
    join_url = request.build_absolute_uri(f"/c/{conversation.code}")
    links = conversation.links.last()
    record = Record.objects.filter(conversation=conversation).first()
    drawn = map_content(conversation, None) if view == "map" else names_content(conversation)
    return {
        "conversation": {**shown.conversation_shown(conversation), "join_url": join_url},
        "view": view,
        "join_url": join_url,
        "qr": qr(join_url),
        "turnout": shown.turnout(conversation),
        "statements": conversation.statements.filter(state="accepted").count(),
        "closes_in": shown.closes_in(conversation),
        "landscape": drawn["landscape"],
        "groups": drawn["groups"],
        "dots": drawn["dots"],
        "density": drawn["density"],
        "former": drawn["former"],
        "sentences": sentences(conversation) if view == "map" else [],
        "masked": drawn["masked"],
        "shown_variance_pct": drawn["shown_variance_pct"],
        "common": _common(conversation) if view == "share" else [],
        **(drafting_content(conversation) if view == "drafting" else {}),
        **_result(conversation, view),
        "digest_short": record.digest[:16] if record is not None else "",
        "rules_digest_short": conversation.rules_digest[:16],
        "chain_head_short": links.digest[:16] if links is not None else "",
        "hidden": False,
    }


def _common(conversation: Conversation) -> list[Content]:
    published = shown.latest_landscape(conversation)
    if published is None:
        return []
    statements = shown.statements_by_number(conversation)
    found = shown.findings(published.document, published.document["common_ground"][:SHARED], statements)
    return with_translations(conversation, found)


def _result(conversation: Conversation, view: str) -> Content:
    nothing: Content = {"lines": [], "yes_pct": None, "voters": None, "weakest_pct": None, "channels": []}
    if view == "slate" or (view == "ballot" and conversation.segment == "ratification"):
        published = shown.latest_landscape(conversation)
        statements = shown.statements_by_number(conversation)
        document = published.document if published else None
        lines = [
            {**shown.line_shown(statements[s["id"]], s, document), "number": number}
            for number, s in enumerate(conversation.slate.certificate["lines"], start=1)
            if s["id"] in statements
        ]
        return {**nothing, "lines": lines}
    if view not in {"ratified", "none"}:
        return nothing
    head = _head(conversation)
    lines = result_lines(conversation, head)
    if view == "ratified":
        lines = [line for line in lines if line["ratified"]]
    whole = (head["certificate"]["ratification"] or {}).get("whole", {"sections": {}, "overall": {}})
    return {
        **nothing,
        **figures_of_result(head),
        "lines": lines,
        "weakest_pct": min((line["weakest_pct"] for line in lines if line["weakest_pct"] is not None), default=None)
        if view == "ratified"
        else None,
        "channels": shown.channels_shown(shown.sections_of("channel", whole["sections"]), whole["overall"]),
    }
