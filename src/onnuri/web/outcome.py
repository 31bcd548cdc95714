"""The outcome of a sitting as it is shown: each line with its figures, and why one was not ratified."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from onnuri.web import shown
from onnuri.web.renderings import with_translations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from onnuri.conversation.models import Conversation

Content = dict[str, Any]


def result_lines(conversation: Conversation, head: Mapping[str, Any]) -> list[Content]:
    """The lines of the slate with the ratification's figures; without a slate, the nearest candidates."""
    proof = head["certificate"]
    document = document_of(conversation)
    statements = shown.statements_by_number(conversation)
    promises = {c["line"]: c for c in head.get("commitments", [])}
    verdicts = {v["line"]: v for v in proof["ratification"]["lines"]} if proof["ratification"] else {}
    standings = proof["lines"] or proof["candidates"][:3]
    found = []
    for number, standing in enumerate(standings, start=1):
        verdict = verdicts.get(standing["id"])
        if standing["id"] not in statements:
            continue
        told = {**standing, "overall": verdict["overall"], "sections": verdict["sections"]} if verdict else standing
        promise = promises.get(standing["id"], {})
        found.append(
            {
                **shown.line_shown(statements[standing["id"]], told, document),
                "number": number,
                "ratified": standing["id"] in head["conclusion"],
                "why": _why(verdict) if verdict else _fails(standing),
                "weakest_pct": _weakest(told, document),
                "objection": _objection(standing),
                "addressee": promise.get("addressee"),
                "due": promise.get("due"),
                "status_name": _("답을 기다림") if promise else "",
            }
        )
    return with_translations(conversation, found)


def document_of(conversation: Conversation) -> Content | None:
    """The landscape document of the last close."""
    published = shown.latest_landscape(conversation)
    return published.document if published is not None else None


def _weakest(told: Mapping[str, Any], document: Mapping[str, Any] | None) -> int | None:
    """The lowest support among the tested groups, rounded down."""
    tested = {f"group {g['id']}" for g in (document or {"groups": []})["groups"] if g.get("tested")}
    shares = [c["support"] for name, c in told["sections"].items() if name in tested and c["n"]]
    return min((shown.percent_of(s) for s in shares), default=None)


def _why(verdict: Mapping[str, Any]) -> str:
    if not verdict["misses"]:
        return ""
    miss = verdict["misses"][0]
    return _("%(where)s에서 %(support)s%%, 기준은 %(needed)s") % {
        "where": _place(miss["where"]),
        "support": shown.percent_of(miss["support"]),
        "needed": miss["needed"],
    }


def _fails(standing: Mapping[str, Any]) -> str:
    if standing["passes"]:
        return ""
    return _("%(where)s에서 %(support)s%%로 기준선에 못 미침") % {
        "where": _place(standing["fails_in"]),
        "support": shown.percent_of(standing["weakest"]),
    }


def _objection(standing: Mapping[str, Any]) -> str:
    """What the ticket-holders' own floor objects to: a flag, never a veto."""
    own = standing.get("ticket_holders")
    if not own or not own["objection"]:
        return ""
    return _("입장권 가진 사람의 이의: 그 가운데 거의 어디서나 %(floor)s%%뿐 (표시일 뿐 결정하지 않음)") % {
        "floor": round(own["floor"] * 10_000) // 100
    }


def _place(where: str) -> str:
    kind, _sep, name = where.partition(" ")
    if kind == "group":
        return _("%(group)s 그룹") % {"group": _(shown.GROUP_NAMES[int(name)])}
    return _(shown.CHANNEL_NAMES[name]) if kind == "channel" else _("전체")


def figures_of_result(head: Mapping[str, Any]) -> Content:
    """How many ratified the whole, and how many took part in that."""
    ratification = head["certificate"]["ratification"]
    if not ratification:
        return {"yes_pct": None, "voters": head["certificate"]["took_part"]["balloted"]}
    return {
        "yes_pct": shown.percent_of(ratification["whole"]["overall"]["support"]),
        "voters": ratification["balloted"],
    }
