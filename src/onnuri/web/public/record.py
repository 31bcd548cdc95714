"""The public record: the conclusion or its absence, who took part, who is not embraced, and how to check it."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from onnuri.community.queries import count_under
from onnuri.conventions import list_text
from onnuri.conversation.queries import conversation_by_code
from onnuri.errors import NotFound
from onnuri.masking import SMALLEST_CELL, withheld
from onnuri.publishing.models import Record
from onnuri.record.page import PAGE
from onnuri.record.sealed_rows import public_part
from onnuri.web import shown
from onnuri.web.outcome import document_of, figures_of_result, result_lines
from onnuri.web.page import page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from onnuri.conversation.models import Conversation

Content = dict[str, Any]
REASONS = {  # translated when shown
    "no_candidate": gettext_noop("모든 그룹과 통로에서 기준선에 이른 문안이 없었습니다."),
    "no_line_ratified": gettext_noop("추인 기준에 이른 문안이 없었습니다."),
    "quorum": gettext_noop("추인 투표가 정족수에 이르지 못했습니다."),
    "whole_not_ratified": gettext_noop("결론안 전체가 추인 기준에 이르지 못했습니다."),
}


def record(request: HttpRequest, code: str) -> HttpResponse:
    """The record's page and its JSON twin."""
    conversation = conversation_by_code(code)
    found = _record_of(conversation)
    head = found.head
    content = {
        "conversation": shown.conversation_shown(conversation),
        "record": _record_shown(conversation, found),
        "outcome": head["outcome"],
        "headline": _headline(head),
        "reasons": _reasons(head),
        "lines": result_lines(conversation, head),
        **figures_of_result(head),
        "not_embraced": _not_embraced(conversation, head),
        "took_part": _took_part(conversation, head),
        "certificate": _certificate(head),
        "basis_note": _basis_note(head),
        "auditors": list(head["rules"].get("auditors", ())),
        "rules_digest": head["rules_digest"],
        "chain_head": head["chain"][-1]["digest"],
        "files": _files(found),
        "downloads": _downloads(conversation, found),
        "comments": {"count": count_under(conversation, shown.now()), "url": f"/r/{conversation.code}/comments"},
    }
    return page(request, "public/record.html", content)


def record_zip(_request: HttpRequest, code: str) -> HttpResponse:
    """The sealed files."""
    found = _record_of(conversation_by_code(code))
    answer = HttpResponse(public_part(bytes(found.data)), content_type="application/zip")
    answer["Content-Disposition"] = 'attachment; filename="record.zip"'
    return answer


def record_page(_request: HttpRequest, code: str) -> HttpResponse:
    """The page that checks itself: only ever a download, so that it runs on the reader's device and not as ours."""
    found = _record_of(conversation_by_code(code))
    with zipfile.ZipFile(io.BytesIO(public_part(bytes(found.data)))) as archive:
        if PAGE not in archive.namelist():
            raise NotFound("record_unknown")
        answer = HttpResponse(archive.read(PAGE), content_type="text/html; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{PAGE}"'
    return answer


def _downloads(conversation: Conversation, found: Record) -> list[Content]:
    if not any(file["name"] == PAGE for file in _files(found)):
        return []
    return [{"url": f"/r/{conversation.code}/{PAGE}", "name": PAGE, "note": _("인터넷 없이 열려 스스로 확인하는 파일")}]


def _record_of(conversation: Conversation) -> Record:
    found = Record.objects.filter(conversation=conversation).first()
    if found is None:
        raise NotFound("record_unknown")
    return found


def _record_shown(conversation: Conversation, found: Record) -> Content:
    return {
        "digest": found.digest,
        "digest_short": found.digest[:16],
        "published_text": shown.date_text(found.published_at),
        "command": "onnuri verify record.zip",
        "zip_url": f"/r/{conversation.code}/record.zip",
        "json_url": f"/r/{conversation.code}.json",
        "key_fingerprint": found.key_fingerprint,
        "simulated": found.head["simulated"],
    }


def _headline(head: Mapping[str, Any]) -> str:
    return _("우리의 결론이 되었습니다") if head["outcome"] == "conclusion" else _("공동 결론이 없습니다")


def _reasons(head: Mapping[str, Any]) -> list[str]:
    ratification = head["certificate"]["ratification"]
    keys = ratification["reasons"] if ratification else ["no_candidate"]
    return [_(REASONS[key]) for key in keys]


def _not_embraced(conversation: Conversation, head: Mapping[str, Any]) -> Content | None:
    told = head["certificate"]["not_embraced"]
    if not told["of"] or not head["certificate"]["lines"]:
        return None
    statements = shown.statements_by_number(conversation)
    groups = shown.groups_by_id(document_of(conversation) or {"groups": []})
    hidden = withheld({str(row["group"]): row["people"] for row in told["by_group"]})
    rows = []
    for row in told["by_group"]:
        if not row["of"]:
            continue
        masked = str(row["group"]) in hidden
        note = statements.get(row["note"]) if row["note"] is not None and not masked else None
        rows.append(
            {
                "group": groups.get(row["group"]),
                "count": None if masked else row["people"],
                "masked": masked,
                "note": {"text": note.text, "lang": note.lang} if note else None,
            }
        )
    masked = 0 < told["people"] < SMALLEST_CELL
    return {
        "people": None if masked else told["people"],
        "pct": None if masked else shown.percent(told["people"], told["of"]),
        "masked": masked,
        "by_group": rows,
    }


def _took_part(conversation: Conversation, head: Mapping[str, Any]) -> Content:
    told = head["certificate"]["took_part"]
    document = document_of(conversation) or {"groups": [], "k": 1}
    return {
        "channels": [
            {
                "name": _(shown.CHANNEL_NAMES[key]),
                "joined": head["joined"].get(key, 0),
                "voted": told["channels"].get(key, {}).get("voted", 0),
                "balloted": told["channels"].get(key, {}).get("balloted", 0),
            }
            for key in shown.CHANNEL_NAMES
            if head["joined"].get(key)
        ],
        "groups": shown.groups_shown(document),
        "unplaced": told["not_placed"],
        "tickets": told["tickets"],
    }


def _certificate(head: Mapping[str, Any]) -> list[Content]:
    proof = head["certificate"]
    ratification = proof["ratification"]
    coverage = proof["coverage"]
    rows = []
    if proof["lines"]:
        weakest = min(shown.percent_of(line["weakest"]) for line in proof["lines"])
        rows.append(
            {
                "name": _("모든 그룹과 통로에서 기준선 이상"),
                "ok": all(line["passes"] for line in proof["lines"]),
                "detail": _("가장 약한 곳 %(p)s%%") % {"p": weakest},
            }
        )
        rows.append(
            {
                "name": _("몫에 맞는 대표 (EJR+)"),
                "ok": proof["ejr_plus"]["holds"],
                "detail": _("투표한 %(n)s명에 대하여") % {"n": proof["ejr_plus"]["people"]},
            }
        )
        rows.append(
            {
                "name": _("문안 절반 이상에 찬성한 사람"),
                "ok": coverage["at_least_half"] * 2 >= coverage["people"],
                "detail": f"{shown.percent(coverage['at_least_half'], coverage['people'])}%",
            }
        )
    if ratification:
        rows.append(
            {
                "name": _("정족수"),
                "ok": ratification["quorum_met"],
                "detail": _("%(a)s명 / 투표한 %(b)s명")
                % {"a": ratification["balloted"], "b": ratification["entitled"]},
            }
        )
        rows.append(
            {
                "name": _("결론안 전체의 추인"),
                "ok": ratification["whole"]["ratified"],
                "detail": f"{shown.percent_of(ratification['whole']['overall']['support'])}%",
            }
        )
        if silent := ratification.get("silent_groups"):
            names = list_text([_(shown.GROUP_NAMES[number]) for number in silent], shown.language())
            rows.append(
                {
                    "name": _("시험할 모든 그룹이 추인에 답함"),
                    "ok": False,
                    "detail": _("%(groups)s: 투표한 사람이 없어 시험하지 않음") % {"groups": names},
                }
            )
    return rows


def _basis_note(head: Mapping[str, Any]) -> str:
    basis = head["certificate"]["basis"]
    simulated, everybody = head["origins"].get("simulated", 0), sum(head["origins"].values())
    if 0 < simulated < everybody:
        return _("답한 %(all)s명 가운데 %(n)s명은 모의 참여자입니다.") % {"all": everybody, "n": simulated}
    if head["simulated"]:
        return _("시뮬레이션: 사람과 답을 꾸민 회의의 기록입니다.")
    notes = {
        "balloted": _("모든 값은 사람들이 한 투표에서 나왔습니다."),
        "simulated": _("의견의 답은 실제 답이고, 후보 투표와 추인 투표는 그 답에서 모의로 만든 것입니다."),
        "imputed": _("빠진 답은 추정해 채웠습니다. 추인된 결론이 아닙니다."),
    }
    return notes.get(basis, "")


def _files(found: Record) -> list[Content]:
    with zipfile.ZipFile(io.BytesIO(public_part(bytes(found.data)))) as archive:
        return [{"name": i.filename, "size": i.file_size} for i in archive.infolist()]
