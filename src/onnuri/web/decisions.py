"""The public log of moderation: what was refused, in words; what was taken down, with the result both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from onnuri.community.models import Appeal
from onnuri.conversation import deciding
from onnuri.conversation.moderating import median_wait
from onnuri.masking import withheld
from onnuri.publishing.sealing import WORDLESS
from onnuri.web import shown
from onnuri.web.both_ways import figures_shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from onnuri.conversation.models import Conversation, Decision

Content = dict[str, Any]
ACT_NAMES: Final = {
    "refuse": gettext_noop("올리지 않음"),
    "merge": gettext_noop("합침"),
    "remove": gettext_noop("내림"),
    "hide": gettext_noop("임시로 가림"),
    "restore": gettext_noop("다시 보임"),
}
"""What is logged one by one; what was published is there to be read, what was put aside is not decided."""
KIND_NAMES: Final = {
    "statements": gettext_noop("의견"),
    "questions": gettext_noop("질문"),
    "evidence": gettext_noop("근거"),
    "challenges": gettext_noop("이의"),
    "comments": gettext_noop("댓글"),
}
APPEAL_NAMES: Final = {
    "waiting": gettext_noop("다시 보는 중"),
    "granted": gettext_noop("받아들임"),
    "refused": gettext_noop("그대로 둠"),
}


def log_content(conversation: Conversation) -> Content:
    """Everything the public log says; nobody is named in it, and no voice."""
    decided = conversation.decisions.exclude(kind=deciding.WAITS).filter(kind__in=KIND_NAMES)
    done = [one for one in decided if one.act != "remove" or one.kind == "comments" or one.figures.get("done")]
    appeals = {a.number: a for a in Appeal.objects.filter(conversation=conversation, kind="statements")}
    lines = [_line(one, appeals) for one in reversed(done) if one.act in ACT_NAMES]
    return {
        "conversation": shown.conversation_shown(conversation),
        "published": sum(1 for one in done if one.act == "accept"),
        "refused": sum(1 for one in done if one.act == "refuse"),
        "lines": lines,
        "appeals": {state: sum(1 for a in appeals.values() if a.state == state) for state in APPEAL_NAMES},
        "median_wait": wait_text(waits_of([conversation])),
        "by_group": _by_group(conversation),
        "reasons": _by_reason(done),
    }


def _line(one: Decision, appeals: Mapping[int, Appeal]) -> Content:
    about = appeals.get(one.number) if one.kind == "statements" and one.act in {"refuse", "remove"} else None
    return {
        "kind": one.kind,
        "kind_name": _(KIND_NAMES[one.kind]),
        "number": one.number if one.kind != "comments" else None,
        "act": one.act,
        "act_name": _(ACT_NAMES[one.act]),
        "day": shown.date_text(one.at),
        "reason": one.reason,
        "reason_name": _(shown.REASON_NAMES[one.reason]) if one.reason else "",
        "text": None if one.reason in WORDLESS else one.text or None,
        "wordless": one.reason in WORDLESS,
        "into": one.figures.get("into"),
        "two": bool(one.seconded_by),
        "figures": figures_shown(one.figures) if one.act == "remove" else None,
        "appeal": about.state if about is not None else "",
        "appeal_name": _(APPEAL_NAMES[about.state]) if about is not None else "",
        "appeal_text": about.text if about is not None else "",
        "appeal_lang": about.lang if about is not None else "",
    }


def _by_reason(done: Iterable[Decision]) -> list[Content]:
    counts: dict[str, int] = {}
    for one in done:
        if one.act == "refuse":
            counts[one.reason] = counts.get(one.reason, 0) + 1
    order = sorted(counts, key=lambda reason: (-counts[reason], reason))
    return [{"name": _(shown.REASON_NAMES[reason]), "n": counts[reason]} for reason in order]


def _by_group(conversation: Conversation) -> list[Content]:
    """How many statements were refused by the group their authors came to be in; few are masked.

    It could show that one opinion is refused more often than another, and only after the votes have made groups.
    """
    published = shown.latest_landscape(conversation)
    if published is None or published.document["k"] == 1:
        return []
    people = published.document["people"]
    group_of = dict(zip(people["id"], people["group"], strict=True))
    refused: dict[str, int] = {str(g["id"]): 0 for g in published.document["groups"]}
    unsaid = 0
    for author, state in conversation.statements.exclude(author=None).values_list("author_id", "state"):
        group = group_of.get(author)
        if group is None:
            unsaid += state == "refused"
            continue
        refused[str(group)] += state == "refused"
    hidden = withheld(refused, unsaid=unsaid)
    names = shown.groups_by_id(published.document)
    return [
        {
            "group": names[int(name)],
            "refused": None if name in hidden else refused[name],
            "masked": name in hidden,
        }
        for name in refused
    ]


def waits_of(conversations: Iterable[Conversation]) -> dict[str, int]:
    """How long texts waited, of several conversations: first second of the step -> texts."""
    found: dict[str, int] = {}
    for one in conversations:
        for step, n in deciding.waits_of(one).items():
            found[step] = found.get(step, 0) + n
    return found


def wait_text(steps: dict[str, int]) -> str:
    """Within what time half of the texts were decided; empty while none was."""
    seconds = median_wait(steps)
    if seconds is None:
        return ""
    minutes, rest = divmod(seconds, 60)
    return _("%(m)s분 %(s)s초") % {"m": minutes, "s": rest} if minutes else _("%(s)s초") % {"s": rest}
