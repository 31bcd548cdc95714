"""The run console: what is on, what comes next, the queue of statements, the rules, publishing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST

from onnuri.conversation import actions, segments
from onnuri.conversation.actions import add_statement, locked
from onnuri.conversation.deciding import decide as decide_on
from onnuri.conversation.queries import conversation_by_code
from onnuri.conversation.rehearsal import delete_rehearsal
from onnuri.conversation.statement import REASONS, checked_text
from onnuri.errors import BadRequest, Conflict, Forbidden, NotFound, Refusal, Unprocessable
from onnuri.publishing import sitting
from onnuri.publishing.models import Record
from onnuri.web import shown
from onnuri.web.host import health
from onnuri.web.host.between import between_content
from onnuri.web.host.pace import exposure_ratio, per_minute
from onnuri.web.host.queue import queue_of
from onnuri.web.outcome import result_lines
from onnuri.web.page import error_content, number_in, page
from onnuri.web.person import actor_of
from onnuri.web.rules import fields_of
from onnuri.web.voices import enter_as_host, host_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from onnuri.conversation.models import Conversation

Content = dict[str, Any]
LABELS = {
    "open_round": gettext_noop("라운드 열기"),
    "close_round": gettext_noop("라운드 닫기"),
    "open_shortlist": gettext_noop("후보 문안 투표로"),
    "open_ratification": gettext_noop("추인 투표 열기"),
    "publish": gettext_noop("기록 공개하기"),
}
STEPS = ("lobby", "round", "where", "shortlist", "slate", "ratification", "result", "published")
MOST_CODES_SHOWN = 500
OLD_MINUTES = 3


def console(request: HttpRequest, code: str) -> HttpResponse:
    """The console itself."""
    conversation = conversation_by_code(code)
    return enter_as_host(
        "c", conversation, request, lambda: page(request, "host/console.html", console_content(conversation))
    )


def required_host(request: HttpRequest, code: str) -> Conversation:
    """The conversation, if its host asks."""
    conversation = conversation_by_code(code)
    if not host_of("c", conversation, request):
        raise Forbidden("host_only")
    return conversation


def console_content(conversation: Conversation) -> Content:
    """Everything a host looks at."""
    turnout = shown.turnout(conversation)
    queue = queue_of(conversation)
    possible = segments.ACTIONS[conversation.segment]
    rounds = conversation.rounds.count()
    published = shown.latest_landscape(conversation)
    record = Record.objects.filter(conversation=conversation).exists()
    return {
        "conversation": shown.conversation_shown(conversation),
        "segment": conversation.segment,
        "segment_name": _(shown.SEGMENT_NAMES[conversation.segment]),
        "steps": _steps(conversation.segment),
        "closes_in": shown.closes_in(conversation),
        "round_open": conversation.segment in {"round", "shortlist", "ratification"},
        "turnout": turnout,
        "per_minute": per_minute(conversation),
        "primary": _action(possible[0], rounds) if possible else None,
        "actions": [_action(a, rounds) for a in possible[1:]],
        "queue": queue,
        "statements_over": any(item["over"] for item in queue),
        "reasons": [{"key": key, "name": _(shown.REASON_NAMES[key])} for key in REASONS],
        "links": {
            "stage": f"/stage/{conversation.code}",
            "join": f"/c/{conversation.code}",
            "cards": f"/host/c/{conversation.code}/cards",
            "rules": f"/host/c/{conversation.code}/rules",
            "publish": f"/host/c/{conversation.code}/publish" if conversation.segment == "result" else None,
            "record": f"/r/{conversation.code}" if record else None,
            "speaker": f"/stage/{conversation.code}/speaker",
            "polls": f"/host/c/{conversation.code}/polls",
            "desk": f"/host/c/{conversation.code}/desk",
            "evidence": f"/host/c/{conversation.code}/evidence",
        },
        "rules": {
            "digest_short": (conversation.rules_digest or sitting.rules_of(conversation).digest)[:16],
            "signed": bool(conversation.rules_digest),
        },
        "landscape": shown.landscape_shown(published),
        "health": _health(conversation, queue),
        "codes": None,
        "exposure_ratio": exposure_ratio(conversation),
        "error": None,
        **between_content(conversation),
    }


def _steps(segment: str) -> list[Content]:
    now = STEPS.index(segment) if segment in STEPS else None
    return [
        {
            "key": key,
            "name": _(shown.SEGMENT_NAMES[key]),
            "state": "next" if now is None else "over" if i < now else "now" if i == now else "next",
        }
        for i, key in enumerate(STEPS)
    ]


def _action(action: str, rounds: int) -> Content:
    label = _(LABELS[action])
    if action == "open_round":
        label = _("%(n)s라운드 열기") % {"n": rounds + 1}
    confirm = {
        "open_round": _("규칙이 고정되고 서명돼요. 시작할까요?") if rounds == 0 else None,
        "open_shortlist": _("후보 문안을 계산해 모두에게 물어요. 새 의견은 더 받지 않아요."),
    }.get(action)
    return {"action": action, "label": label, "confirm": confirm}


def _health(conversation: Conversation, queue: list[Content]) -> list[Content]:
    whole = health.worst(health.lines_of(conversation, at=shown.now()))
    return [
        {"name": _("강당"), "value": _(health.STATE_NAMES[whole]), "ok": whole == "ok"},
        {
            "name": _("검토 대기"),
            "value": _("%(n)s개") % {"n": len(queue)},
            "ok": max((item["minutes"] for item in queue), default=0) <= OLD_MINUTES,
        },
        {"name": _("올라간 의견"), "value": conversation.statements.filter(state="accepted").count(), "ok": True},
        {"name": _("발급한 코드"), "value": conversation.codes_issued, "ok": True},
        {"name": _("사슬의 고리"), "value": conversation.links.count(), "ok": True},
    ]


@require_POST
def act(request: HttpRequest, code: str) -> HttpResponse:
    """One key of the console."""
    conversation = required_host(request, code)
    action = request.POST.get("action", "")
    if action == "publish":
        return redirect("host:publish", code)
    return pressed(request, code, lambda: do(conversation, action))


def pressed(request: HttpRequest, code: str, act: Callable[[], object]) -> HttpResponse:
    """Do what a key of the console asks; what is refused is said on the console itself."""
    try:
        act()
    except (Conflict, NotFound, Unprocessable) as refusal:
        content = {**console_content(conversation_by_code(code)), "error": error_content(refusal)}
        return page(request, "host/console.html", content, status=refusal.status)
    return redirect("host:console", code)


def do(conversation: Conversation, action: str) -> None:
    """Go one step on."""
    code, at = conversation.code, shown.now()
    match action:
        case "open_round":
            sitting.open_vote_round(code=code, at=at, pem=settings.FOLDER.signing_key)
        case "close_round":
            sitting.close(code=code, at=at)
        case "open_shortlist":
            sitting.ask_for_shortlist(code=code)
        case "open_ratification":
            sitting.open_ratification(code=code, at=at)
        case _:
            raise BadRequest("method")


@require_POST
def decide(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Publish or refuse a statement."""
    required_host(request, code)
    accept, reason = request.POST.get("decision") == "accept", request.POST.get("reason", "")
    return pressed(request, code, lambda: _decided(request, code, number, accept=accept, reason=reason))


def _decided(request: HttpRequest, code: str, number: int, *, accept: bool, reason: str) -> None:
    decide_on(
        code=code,
        kind="statements",
        number=number,
        accept=accept,
        reason=reason,
        who=actor_of(request),
        at=shown.now(),
    )


@require_POST
def codes(request: HttpRequest, code: str) -> HttpResponse:
    """Make one-time codes for people without a ticket; they are shown once."""
    conversation = required_host(request, code)
    count = number_in(request.POST.get("count", ""), most=MOST_CODES_SHOWN)
    if not count:
        raise Unprocessable("count", field="count", most=MOST_CODES_SHOWN)
    made = actions.issue_codes(code=code, channel=request.POST.get("channel", "hall"), count=count)
    return page(request, "host/console.html", {**console_content(conversation), "codes": made})


@require_POST
def remove_rehearsal(request: HttpRequest, code: str) -> HttpResponse:
    """Delete a rehearsal that was kept."""
    required_host(request, code)
    delete_rehearsal(code=code)
    return redirect("public:home")


def prepare(request: HttpRequest, code: str) -> HttpResponse:
    """Fix the rules before anything is answered."""
    conversation = required_host(request, code)
    error = None
    status = 200
    if request.method == "POST":
        try:
            _save_rules(request, code)
            if request.POST.get("act") == "sign":
                sitting.open_vote_round(code=code, at=shown.now(), pem=settings.FOLDER.signing_key)
                return redirect("host:console", code)
            return redirect("host:prepare", code)
        except Refusal as refusal:
            error, status = error_content(refusal), refusal.status
    conversation.refresh_from_db()
    rules = sitting.rules_of(conversation)
    content = {
        "conversation": shown.conversation_shown(conversation),
        "fields": fields_of(rules),
        "seeds": [
            {"id": s.number, "text": s.text, "lang": s.lang} for s in conversation.statements.filter(kind="seed")
        ],
        "digest": conversation.rules_digest or rules.digest,
        "error": error,
        "signed": bool(conversation.rules_digest),
    }
    return page(request, "host/prepare.html", content, status=status)


def _save_rules(request: HttpRequest, code: str) -> None:
    given: Content = {}
    for name in ("threshold", "ratify_overall", "ratify_group", "quorum", "vote", "post", "ballot"):
        if name in request.POST:
            given[name] = request.POST[name].strip()
    for name in ("size", "grace_s"):
        if name in request.POST:
            written = number_in(request.POST[name].strip())
            if written is None:
                raise Unprocessable("rule", field=name)
            given[name] = written
    if "open_counts" in request.POST:
        given["open_counts"] = request.POST["open_counts"] == "1"
    if request.POST.get("act") == "public_body":
        # Whoever writes on a board that a public body runs is to be known to it.
        given["post"] = "ticket"
    if given:
        sitting.draft_rules(code=code, changes=given)
    texts = [t for t in request.POST.get("seeds", "").splitlines() if t.strip()]
    if texts:
        _add_seeds(code, texts)


def _add_seeds(code: str, texts: list[str]) -> None:
    from django.db import transaction  # noqa: PLC0415 - the one place a page writes several rows at once

    with transaction.atomic():
        conversation = locked(code)
        if conversation.rules_digest:
            raise Conflict("rules_fixed")
        existing = list(conversation.statements.values_list("text", flat=True))
        for text in texts:
            kept = checked_text(text, existing)
            existing.append(kept)
            add_statement(conversation, kept, shown.language(), "seed", state="accepted")
        actions.touch(conversation)


def publish(request: HttpRequest, code: str) -> HttpResponse:
    """Name who answers each line, and seal the record."""
    conversation = required_host(request, code)
    if conversation.segment not in {"result", "published"}:
        return redirect("host:console", code)
    error, status = None, 200
    if request.method == "POST":
        try:
            sitting.ask_to_publish(code=code, commitments=_commitments(request, conversation), today=shown.now().date())
            return redirect("host:console", code)
        except Refusal as refusal:
            error, status = error_content(refusal), refusal.status
    return page(request, "host/publish.html", _publish_content(request, conversation, error), status=status)


def _commitments(request: HttpRequest, conversation: Conversation) -> list[tuple[int, str, date]]:
    found = []
    for line in sitting.conclusion_of(conversation):
        try:
            due = date.fromisoformat(request.POST.get(f"due-{line}", ""))
        except ValueError:
            raise Unprocessable("addressee", field=f"due-{line}") from None
        found.append((line, request.POST.get(f"addressee-{line}", ""), due))
    return found


def _publish_content(request: HttpRequest, conversation: Conversation, error: Content | None) -> Content:
    proof = conversation.slate.certificate
    conclusion = sitting.conclusion_of(conversation)
    head = {"certificate": proof, "conclusion": conclusion, "commitments": []}
    lines = [line for line in result_lines(conversation, head) if line["ratified"] or not conclusion]
    suggested = (shown.now() + timedelta(days=30)).date().isoformat()
    for line in lines:
        line["addressee"] = request.POST.get(f"addressee-{line['id']}", "")
        line["due"] = request.POST.get(f"due-{line['id']}", suggested)
    return {
        "conversation": shown.conversation_shown(conversation),
        "outcome": "conclusion" if conclusion else "none",
        "lines": lines if conclusion else [],
        "error": error,
        "published": conversation.segment == "published",
    }
