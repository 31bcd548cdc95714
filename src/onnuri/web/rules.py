"""The rules as people read them: each with its value and its why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from onnuri.conversation.voice_keys import fingerprints
from onnuri.publishing.sitting import rules_of
from onnuri.web import shown

if TYPE_CHECKING:
    from onnuri.conclusion.rules import Rules
    from onnuri.conversation.models import Conversation


def rules_content(conversation: Conversation) -> dict[str, Any]:
    """Every rule a row."""
    rules = rules_of(conversation)
    return {
        "conversation": shown.conversation_shown(conversation),
        "rules": [
            {"name": f["label"], "value": f["shown"], "why": f["why"], "key": f["name"]} for f in fields_of(rules)
        ],
        "digest": conversation.rules_digest or rules.digest,
        "signed": bool(conversation.rules_digest),
        "signature": conversation.rules_signature,
        "voice_keys": fingerprints(conversation.voice_keys),
    }


def fields_of(rules: Rules) -> list[dict[str, Any]]:
    """The rules an organiser may set, in the order they matter."""
    who = {
        "open": _("누구나 링크로"),
        "code": _("좌석 코드나 입장권으로"),
        "ticket": _("입장권으로"),
    }
    decides, closes, votes = _("무엇이 결론이 되나"), _("언제 닫히나"), _("누가 답하나")
    return [
        _field(
            "size",
            rules.size,
            _("결론의 문안 수"),
            _("사람마다 같은 몫으로, 남으면 순서대로"),
            decides,
            pgettext("unit", "문안"),
        ),
        _field(
            "threshold",
            rules.threshold,
            _("공감대의 기준선"),
            _("모든 그룹과 통로에서 이만큼. 절반보다 낮출 수 없음"),
            decides,
            _("이상"),
        ),
        _field(
            "ratify_overall",
            rules.ratify_overall,
            _("추인, 전체"),
            _("찬성 ÷ (찬성 + 모르겠어요 + 반대)"),
            decides,
            _("이상"),
        ),
        _field(
            "ratify_group",
            rules.ratify_group,
            _("추인, 그룹과 통로마다"),
            _("현장과 온라인에서도 따로"),
            decides,
            _("이상"),
        ),
        _field("quorum", rules.quorum, _("정족수"), _("한 번이라도 투표한 발언권 가운데"), decides, _("이상")),
        _field(
            "grace_s", rules.grace_s, _("투표를 닫은 뒤의 유예"), _("늦은 휴대폰의 답이 닿을 시간"), closes, _("초")
        ),
        {
            **_field("vote", rules.vote, _("답하려면"), _("시작한 뒤에는 바꿀 수 없음"), votes, ""),
            "choices": [{"value": key, "name": name} for key, name in who.items()],
            "shown": who[rules.vote],
        },
        _of_act(
            "post",
            rules.post,
            who,
            _("글을 쓰려면"),
            _("의견, 질문, 근거, 낱말. 좌석 코드는 데스크가 본인을 보고 준 때만 입장권과 같음"),
        ),
        _of_act(
            "ballot",
            rules.ballot,
            who,
            _("문안에 투표하려면"),
            _("후보 문안과 추인. 입장권 없는 참여를 함께 세면 좁힐 수 없음"),
        ),
        {
            **_field(
                "open_counts",
                str(int(rules.open_counts)),
                _("입장권 없는 참여"),
                _("따로 세고, 여기서 정한 때만 결론에 듦"),
                votes,
                "",
            ),
            "choices": [{"value": "0", "name": _("따로 세기만")}, {"value": "1", "name": _("함께 세기")}],
            "shown": _("함께 세기") if rules.open_counts else _("따로 세기만"),
        },
        *_rows_fields(rules),
    ]


def _of_act(name: str, value: str, who: dict[str, str], label: str, why: str) -> dict[str, Any]:
    """Who may do one act, beside who may answer."""
    choices = {"": _("답하는 사람 모두"), **who}
    return {
        **_field(name, value, label, why, _("누가 답하나"), ""),
        "choices": [{"value": key, "name": name} for key, name in choices.items()],
        "shown": choices[value],
    }


def _rows_fields(rules: Rules) -> list[dict[str, Any]]:
    """Whether everybody's row is published, and who else gets the rows."""
    shares = _("무엇을 공개하나")
    ways = {"open": _("이름 없이 한 줄씩 공개"), "sealed": _("합계만 공개, 행은 감사인에게")}
    found = {
        **_field(
            "rows", rules.rows, _("답의 행"), _("500명보다 적으면 봉인을 권해요. 연 뒤에는 바꿀 수 없음"), shares, ""
        ),
        "choices": [{"value": key, "name": name} for key, name in ways.items()],
        "shown": ways[rules.rows],
    }
    named = ", ".join(rules.auditors)
    why = _("행을 봉인하면 한 명 이상. 쉼표로 나누어 적으면 규칙과 함께 서명됨")
    return [found, {**_field("auditors", named, _("감사인"), why, shares, ""), "shown": named or _("없음")}]


def _field(name: str, value: object, label: str, why: str, section: str, unit: str) -> dict[str, Any]:
    return {
        "name": name,
        "label": label,
        "why": why,
        "value": value,
        "unit": unit,
        "section": section,
        "shown": f"{value} {unit}".strip(),
        "choices": [],
    }
