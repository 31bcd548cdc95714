"""The moderation desk: everything that waits in one list, one item in full, one act at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from onnuri.community import actions as community
from onnuri.community import rights
from onnuri.community.appealing import decide_appeal
from onnuri.community.comment_appeals import decide_comment_appeal
from onnuri.community.models import RightsRequest
from onnuri.community.queries import comment_of
from onnuri.conference.queries import conference_by_slug
from onnuri.conversation import deciding, merging, removing, suggesting
from onnuri.conversation.queries import conversation_by_code
from onnuri.conversation.statement import REASONS
from onnuri.errors import BadRequest, Forbidden, NotFound, Refusal, Unprocessable
from onnuri.live.engine import both_ways
from onnuri.web import shown
from onnuri.web.accounts import account_of, actor, may, name_of
from onnuri.web.decisions import wait_text, waits_of
from onnuri.web.host.desk_items import COMMENT_APPEALS, in_full, items_of, published_item
from onnuri.web.host.entered import remember_who
from onnuri.web.occasion import conference_shown
from onnuri.web.page import error_content, number_in, page
from onnuri.web.person import actor_of
from onnuri.web.voices import enter_as_host

if TYPE_CHECKING:
    from django.http import QueryDict

    from onnuri.conference.models import Conference
    from onnuri.conversation.models import Conversation

Content = dict[str, Any]
BEFORE: Final = frozenset({"accept", "refuse", "hold", "resume", "merge", "suggest"})
"""Acts on what waits to be read."""
KEYS: Final = "desk_keys"
"""The cookie of whoever wants no single-key shortcuts: "off"."""


def desk(request: HttpRequest, code: str) -> HttpResponse:
    """The desk of one conversation."""
    conversation = conversation_by_code(code)
    if "key" in request.GET:
        return enter_as_host("c", conversation, request, lambda: HttpResponseRedirect(request.path))
    _require_moderator(request, conversation)
    return _page(request, _content(request, [conversation]))


def conference_desk(request: HttpRequest, slug: str) -> HttpResponse:
    """The desk of a conference: all its conversations and its comments."""
    conference = conference_by_slug(slug)
    _require_moderator(request, conference)
    return _page(request, _content(request, list(conference.conversations.order_by("pk")), conference))


@require_POST
def act(request: HttpRequest, code: str) -> HttpResponse:
    """One act on one item of a conversation."""
    conversation = conversation_by_code(code)
    _require_moderator(request, conversation)
    return _acted(request, [conversation], conversation)


@require_POST
def conference_act(request: HttpRequest, slug: str) -> HttpResponse:
    """One act on one item of a conference: of one of its conversations, or a comment under one of its talks."""
    conference = conference_by_slug(slug)
    _require_moderator(request, conference)
    every = list(conference.conversations.order_by("pk"))
    own = next((one for one in every if one.code == request.POST.get("code", "")), None)
    return _acted(request, every, own, conference)


def _require_moderator(request: HttpRequest, thing: Conversation | Conference) -> None:
    if not may(request, thing, "moderate"):
        raise Forbidden("host_only")


# ---- what is shown


def _page(request: HttpRequest, content: Content, status: int = 200) -> HttpResponse:
    return remember_who(request, page(request, "host/moderate.html", content, status=status))


def _content(
    request: HttpRequest,
    conversations: list[Conversation],
    conference: Conference | None = None,
    error: Content | None = None,
) -> Content:
    rights.lapse_due(shown.now())
    items = items_of(conversations, conference)
    waiting = [one for one in items if not one["held"]]
    chosen = _chosen(request, items, conversations)
    where = {one.code: one for one in conversations}
    account = account_of(request)
    return {
        "title": _title(conversations, conference),
        "waiting": waiting,
        "held": [one for one in items if one["held"]],
        "item": in_full(chosen, where.get(chosen["code"])) if chosen is not None else None,
        "several": len(conversations) > 1 or conference is not None,
        "conversations": [{"code": one.code, "name": _title([one], None)} for one in conversations],
        "reasons": [{"key": key, "name": _(shown.REASON_NAMES[key])} for key in REASONS],
        "mean_wait": wait_text(waits_of(conversations)),
        "act_url": _address(conversations, conference, act=True),
        "desk_url": _address(conversations, conference),
        "back_url": reverse("host:conference", args=[conference.slug])
        if conference is not None
        else reverse("host:console", args=[conversations[0].code]),
        "log_url": reverse("public:decisions", args=[conversations[0].code]) if conversations else None,
        "account": name_of(account) if account is not None else None,
        "who": actor(request),
        "keys": request.COOKIES.get(KEYS, "on") != "off",
        "error": error,
        "given": {name: request.POST.get(name, "") for name in ("text", "wording", "into", "reason", "outcome")},
    }


def _title(conversations: list[Conversation], conference: Conference | None) -> str:
    if conference is not None:
        return str(conference_shown(conference)["title"])
    return str(shown.conversation_shown(conversations[0])["question"])


def _chosen(request: HttpRequest, items: list[Content], conversations: list[Conversation]) -> Content | None:
    """The item that was asked for, by its key or as a published statement's number; else the first."""
    wanted = request.POST.get("item") or request.GET.get("item", "")
    number = number_in(request.GET.get("open", "") or wanted.rpartition("published-")[2])
    if number is not None and ("open" in request.GET or "-published-" in wanted):
        code = request.GET.get("in") or wanted.partition("-")[0]
        for conversation in conversations:
            if code in {"", conversation.code} and (found := published_item(conversation, number)) is not None:
                return found
        if "open" in request.GET:
            raise NotFound("statement_unknown", statement=number)
    return next((one for one in items if one["key"] == wanted), items[0] if items else None)


def _address(conversations: list[Conversation], conference: Conference | None, *, act: bool = False) -> str:
    if conference is not None:
        return reverse("host:conference_desk_act" if act else "host:conference_desk", args=[conference.slug])
    return reverse("host:moderation_act" if act else "host:moderation", args=[conversations[0].code])


# ---- what is done


def _acted(
    request: HttpRequest,
    conversations: list[Conversation],
    own: Conversation | None,
    conference: Conference | None = None,
) -> HttpResponse:
    try:
        again = _do(request, own, conference)
    except Refusal as refusal:
        for one in conversations:
            one.refresh_from_db()
        return _page(request, _content(request, conversations, conference, error_content(refusal)), refusal.status)
    address = _address(conversations, conference)
    query = f"?{urlencode({'item': again})}" if again else ""
    return remember_who(request, HttpResponseRedirect(address + query))


def _do(request: HttpRequest, own: Conversation | None, conference: Conference | None) -> str:
    """Do what was pressed; the answer is the item to look at next, empty = the oldest."""
    form, who, at = request.POST, actor_of(request), shown.now()
    act, _colon, about = form.get("act", "").partition(":")
    kind, number = form.get("kind", ""), number_in(form.get("number", "")) or 0
    if kind == "reports":
        return _on_comment(request, act, _comment_here(number, own, conference), who)
    if kind == COMMENT_APPEALS:
        if act not in {"grant", "uphold"}:
            raise BadRequest("method")
        here = _comment_here(number, own, conference)
        decide_comment_appeal(pk=here, grant=act == "grant", who=who, at=at)
        return ""
    if kind == "rights":
        return _on_request(request, act, _request_here(number, own, conference), who)
    if own is None:
        raise NotFound("not_found")
    if act == "undo":
        return "-".join((own.code, *map(str, deciding.undo(code=own.code, who=who, at=at))))
    if act in BEFORE:
        _before_publishing(own, act, about, form, who)
    else:
        _after_publishing(own, act, form.get("reason", ""), number, who)
    return ""


def _before_publishing(own: Conversation, act: str, about: str, form: QueryDict, who: str) -> None:
    code, at, kind, number = own.code, shown.now(), form.get("kind", ""), number_in(form.get("number", "")) or 0
    match act:
        case "hold":
            deciding.hold(code=code, kind=kind, number=number, who=who, at=at)
        case "resume":
            deciding.resume(code=code, kind=kind, number=number)
        case "merge":
            into = number_in(about or form.get("into", "").lstrip("#"))
            if into is None:
                raise Unprocessable("merge_where", field="into")
            merging.merge(code=code, number=number, into=into, who=who, at=at)
        case "suggest":
            suggesting.suggest(code=code, number=number, text=form.get("text", ""), who=who, at=at)
        case _:
            deciding.decide(
                code=code,
                kind=kind,
                number=number,
                accept=act == "accept",
                reason=form.get("reason", ""),
                source_checked=form.get("source_checked") == "1",
                who=who,
                at=at,
            )


def _after_publishing(own: Conversation, act: str, reason: str, number: int, who: str) -> None:
    code, at = own.code, shown.now()
    match act:
        case "remove":
            removing.remove(code=code, number=number, reason=reason, who=who, at=at, figures=both_ways(own, number))
        case "second":
            removing.second(code=code, number=number, who=who, at=at, figures=both_ways(own, number))
        case "drop":
            removing.drop(code=code, number=number)
        case "grant" | "uphold":
            decide_appeal(code=code, number=number, grant=act == "grant", who=who, at=at)
        case _:
            raise BadRequest("method")


def _comment_here(number: int, own: Conversation | None, conference: Conference | None) -> int:
    """The key of a comment this desk may decide on."""
    found = comment_of(number)
    of_talk = found.session.conference_id if found.session is not None else None
    if own is not None and found.conversation_id == own.pk:
        return number
    if conference is not None and of_talk == conference.pk:
        return number
    raise NotFound("comment_unknown")


def _on_comment(request: HttpRequest, act: str, number: int, who: str) -> str:
    at, reason = shown.now(), request.POST.get("reason", "")
    match act:
        case "hide":
            community.hide_comment(pk=number, reason=reason, until=None, at=at, who=who)
        case "refuse":
            community.remove_comment(pk=number, reason=reason, at=at, who=who)
        case "restore":
            community.restore_comment(pk=number, at=at, who=who)
        case "accept":
            community.settle_reports(pk=number, at=at)
        case _:
            raise BadRequest("method")
    return ""


def _request_here(number: int, own: Conversation | None, conference: Conference | None) -> RightsRequest:
    """A request this desk may decide on."""
    found = RightsRequest.objects.select_related("conversation").filter(pk=number).first()
    here = found is not None and (
        (own is not None and found.conversation_id == own.pk)
        or (conference is not None and found.conference_id == conference.pk)
    )
    if found is None or not here:
        raise NotFound("rights_unknown")
    return found


def _on_request(request: HttpRequest, act: str, asked: RightsRequest, who: str) -> str:
    if act == "hide":
        rights.hide(request=asked.pk, who=who, at=shown.now())
        return ""
    outcome = request.POST.get("outcome", "") if act == "decide" else act
    figures = None
    if outcome == "remove" and asked.decided_by and asked.conversation is not None and asked.kind == "statements":
        figures = both_ways(asked.conversation, asked.number)
    rights.decide(
        request=asked.pk,
        outcome=outcome,
        text=request.POST.get("text", ""),
        wording=request.POST.get("wording", ""),
        who=who,
        at=shown.now(),
        figures=figures,
    )
    return ""
