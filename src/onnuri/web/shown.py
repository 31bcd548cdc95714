"""How stored things are shown: percentages with their n, small cells masked, names translated."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Count
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from onnuri import conventions
from onnuri.conversation.interlude import POLLS, standing
from onnuri.conversation.models import Round
from onnuri.conversation.rehearsal import is_rehearsal
from onnuri.masking import SMALLEST_CELL, hidden_among, hidden_channels, withheld
from onnuri.publishing.models import PublishedLandscape
from onnuri.vocabulary import in_language, language_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from onnuri.conversation.models import Conversation, Interlude, Statement

Shown = dict[str, Any]

GROUP_NAMES: Final = {
    1: gettext_noop("물결"),
    2: gettext_noop("바위"),
    3: gettext_noop("새잎"),
    4: gettext_noop("노을"),
    5: gettext_noop("별빛"),
}
CHANNEL_NAMES: Final = {
    "hall": gettext_noop("현장"),
    "online": gettext_noop("온라인"),
    "open": gettext_noop("입장권 없는 참여"),
}
SEGMENT_NAMES: Final = {
    "lobby": gettext_noop("시작 전"),
    "round": gettext_noop("의견 투표"),
    "computing": gettext_noop("계산 중"),
    "where": gettext_noop("우리가 선 자리"),
    "shortlist": gettext_noop("후보 문안 투표"),
    "slate": gettext_noop("결론안"),
    "ratification": gettext_noop("추인"),
    "result": gettext_noop("추인 결과"),
    "published": gettext_noop("공개 기록"),
}
STATE_NAMES: Final = {
    "waiting": gettext_noop("검토 중"),
    "accepted": gettext_noop("올라갔어요"),
    "refused": gettext_noop("올리지 않았어요"),
    "withdrawn": gettext_noop("글쓴이가 거둠"),
    "held": gettext_noop("미뤄 둠"),
    "merged": gettext_noop("합쳐짐"),
    "hidden": gettext_noop("임시로 가림"),
    "removed": gettext_noop("내림"),
}
REASON_NAMES: Final = {
    "abuse": gettext_noop("욕설이나 비방"),
    "personal": gettext_noop("개인정보"),
    "advert": gettext_noop("광고"),
    "repeat": gettext_noop("같은 글 되풀이"),
    "off_topic": gettext_noop("물음에서 벗어남"),
    "several": gettext_noop("여러 생각이 섞임"),
    "hate": gettext_noop("혐오나 차별"),
    "unlawful": gettext_noop("불법이거나 권리를 침해함"),
    "election": gettext_noop("후보나 정당 지지·반대"),
    "unreadable": gettext_noop("뜻을 알 수 없음"),
}
KIND_NAMES: Final = {
    "seed": gettext_noop("주최자의 첫 의견"),
    "participant": gettext_noop("참여자 의견"),
    "line": gettext_noop("문안"),
}
INTERLUDE_NAMES: Final = {
    "talk": gettext_noop("발표"),
    "questions": gettext_noop("발표자에게 묻기"),
    "map": gettext_noop("의견 지도 읽기"),
    "drafting": gettext_noop("문안 쓰기"),
    "single": gettext_noop("즉석 설문"),
    "multi": gettext_noop("즉석 설문 · 여러 개"),
    "scale": gettext_noop("즉석 설문 · 점수"),
    "words": gettext_noop("낱말 모으기"),
}
VALUE_NAMES: Final = {1: gettext_noop("찬성"), 0: gettext_noop("모르겠어요"), -1: gettext_noop("반대")}
PLACE_NAMES: Final = {
    "seat": gettext_noop("좌석"),
    "offered": gettext_noop("자리가 났어요"),
    "waiting": gettext_noop("대기"),
    "online": gettext_noop("온라인"),
    "drawing": gettext_noop("추첨 대기"),
    "released": gettext_noop("늦어서 넘긴 자리"),
    "lapsed": gettext_noop("시간이 지난 자리"),
    "given_up": gettext_noop("내놓은 자리"),
}


def now() -> datetime:
    """The server's clock."""
    return datetime.now(tz=UTC)


def language() -> str:
    """The reader's language."""
    return (translation.get_language() or "ko").lower()


def conversation_shown(conversation: Conversation) -> Shown:
    """The conversation as pages name it."""
    conference = conversation.conference
    return {
        "code": conversation.code,
        "question": in_language(conversation.question, language()),
        "question_lang": language_of(conversation.question, language()),
        "title": in_language(conference.title, language()) if conference else _("공론 대화"),
        "simulated": conversation.simulated,
        "rehearsal": is_rehearsal(conversation),
        "segment": conversation.segment,
        "on": on_now(conversation),
        "rows": conversation.rules.get("rows", "open"),
        "policy": conversation.rules.get("vote", "code"),
        "capacity": conference.capacity if conference else None,
        "conference": {"slug": conference.slug, "title": in_language(conference.title, language())}
        if conference
        else None,
        "attribution": conversation.attribution,
        "stage_url": f"/stage/{conversation.code}",
        "join_url": f"/c/{conversation.code}",
    }


def figures(counts: Mapping[str, Any] | None, *, hidden: bool = False) -> Shown:
    """Percentages that add up to 100, and n; a cell under 5 is masked, and one that is `hidden` for another's sake."""
    counts = counts or {}
    agree, passed, disagree = (counts.get(k) or 0 for k in ("agree", "pass", "disagree"))
    n = agree + passed + disagree
    masked = hidden or bool(counts.get("masked")) or 0 < n < SMALLEST_CELL
    if masked or not n:
        return {"agree_pct": None, "pass_pct": None, "disagree_pct": None, "n": None if masked else 0, "masked": masked}
    agree_pct = percent(agree, n)
    disagree_pct = min(percent(disagree, n), 100 - agree_pct)
    return {
        "agree_pct": agree_pct,
        "pass_pct": 100 - agree_pct - disagree_pct,
        "disagree_pct": disagree_pct,
        "n": n,
        "masked": False,
    }


def percent(count: float, n: float) -> int:
    """Rounded half up."""
    return int(100 * count / n + 0.5) if n else 0


def groups_by_id(document: Mapping[str, Any]) -> dict[int, Shown]:
    """The groups of a landscape document; sizes that are few, or would tell one that is, are masked."""
    hidden = withheld({str(g["id"]): g["size"] for g in document["groups"]})
    return {int(g["id"]): _group_shown(g, masked=str(g["id"]) in hidden) for g in document["groups"]}


def _group_shown(group: Mapping[str, Any], *, masked: bool) -> Shown:
    number = int(group["id"])
    return {
        "id": number,
        "name": _(GROUP_NAMES[number]),
        "shape": number,
        "size": None if masked else group["size"],
        "masked": masked,
        "tested": group.get("tested", True),
    }


def latest_landscape(conversation: Conversation) -> PublishedLandscape | None:
    """As of the last close; never of an open round."""
    return (
        PublishedLandscape.objects.filter(round__conversation=conversation)
        .select_related("round")
        .order_by("-round__number")
        .first()
    )


def landscape_shown(published: PublishedLandscape | None) -> Shown | None:
    """The numbers above every result."""
    if published is None:
        return None
    told = published.document
    return {
        "participants": told["participants"],
        "statements": told["statements"],
        "votes": told["votes"],
        "k": told["k"],
        "loose": told["loose"],
        "round": published.round.number,
        "age_minutes": int((now() - published.published_at).total_seconds() // 60),
        "age_s": int((now() - published.published_at).total_seconds()),
        "placed": told["placed"],
        "unplaced": told["participants"] - told["placed"],
        "digest": told["digest"],
    }


def groups_shown(document: Mapping[str, Any]) -> list[Shown]:
    """All groups, none when the votes show only one."""
    return list(groups_by_id(document).values()) if document["k"] > 1 else []


def finding(document: Mapping[str, Any], statement: Statement) -> Shown:
    """One statement with its support everywhere."""
    told = document["by_statement"].get(str(statement.number), {})
    groups = _support_of_groups(document, told.get("by_group", {}), told)
    return {
        "id": statement.number,
        "text": statement.text,
        "lang": statement.lang,
        "kind": statement.kind,
        "cites": statement.cites,
        "floor_pct": percent(told.get("floor", 0), 1),
        "weakest_pct": None if _hides_tested(groups) else percent(told.get("weakest", 0), 1),
        "overall": figures(told),
        "groups": groups,
        "channels": channels_shown(told.get("by_channel", {}), told),
    }


def _support_of_groups(
    document: Mapping[str, Any], by_group: Mapping[str, Any], overall: Mapping[str, Any]
) -> list[Shown]:
    """Support by group, none when the votes show only one."""
    if document["k"] == 1:
        return []
    named = groups_by_id(document)
    hidden = hidden_among(by_group, overall, before=[str(number) for number, g in named.items() if g["masked"]])
    return [
        {
            "group": named[g["id"]],
            "figures": figures(by_group.get(str(g["id"])), hidden=str(g["id"]) in hidden),
            "tested": g.get("tested", True),
        }
        for g in document["groups"]
    ]


def _hides_tested(groups: list[Shown]) -> bool:
    """Whether the lowest group's support would tell of a group what its own figures do not."""
    return any(g["tested"] and g["figures"]["masked"] for g in groups)


def channels_shown(by_channel: Mapping[str, Any], overall: Mapping[str, Any]) -> list[Shown]:
    """Support by channel, the hall first; together they make up `overall`."""
    hidden = hidden_channels(by_channel, overall)
    return [
        {"key": key, "name": _(CHANNEL_NAMES[key]), "figures": figures(by_channel[key], hidden=key in hidden)}
        for key in CHANNEL_NAMES
        if key in by_channel
    ]


def findings(document: Mapping[str, Any], ids: list[int], statements: Mapping[int, Statement]) -> list[Shown]:
    """Several, in the given order; statements that have gone are left out."""
    return [finding(document, statements[i]) for i in ids if i in statements]


def line_shown(statement: Statement, standing: Mapping[str, Any] | None, document: Mapping[str, Any] | None) -> Shown:
    """A candidate, slate or conclusion line with its standing in the ballots."""
    standing = standing or {}
    overall, sections = standing.get("overall") or {}, standing.get("sections", {})
    groups = _support_of_groups(document, sections_of("group", sections), overall) if document else []
    weakest = None if _hides_tested(groups) else standing.get("weakest")
    return {
        "id": statement.number,
        "text": statement.text,
        "lang": statement.lang,
        "kind": statement.kind,
        "cites": statement.cites,
        "basis": standing.get("basis"),
        "figures": figures(overall),
        "groups": groups,
        "channels": channels_shown(sections_of("channel", sections), overall),
        "weakest_pct": None if weakest is None else percent_of(weakest),
        "ratified": None,
        "addressee": None,
        "due": None,
        "my_value": None,
    }


def sections_of(kind: str, sections: Mapping[str, Any]) -> dict[str, Any]:
    """The groups, or the channels, among the sections of a ballot, by their own name.

    >>> sections_of("group", {"group 1": "…", "channel hall": "…"})
    {'1': '…'}
    """
    return {name.removeprefix(f"{kind} "): counts for name, counts in sections.items() if name.startswith(f"{kind} ")}


def percent_of(share: str) -> int:
    """An exact share "a/b" rounded down, so that no page says more than holds.

    >>> percent_of("2/3")
    66
    """
    a, b = share.split("/")
    return 100 * int(a) // int(b)


def turnout(conversation: Conversation) -> Shown:
    """Who joined and who answered in the last round: the only figures of an open round."""
    joined = dict(conversation.voices.values_list("channel").annotate(Count("id")))
    answers = _answers_to_what_is_on(conversation)
    answered: dict[str, int] = {}
    if answers is not None:
        answered = dict(answers.values_list("voice__channel").annotate(Count("voice_id", distinct=True)))
    found: Shown = {c: {"joined": joined.get(c, 0), "answered": answered.get(c, 0)} for c in CHANNEL_NAMES}
    return {**found, "joined": sum(joined.values()), "answered": sum(answered.values())}


def _answers_to_what_is_on(conversation: Conversation) -> Any:  # noqa: ANN401 - a related manager
    on, last = conversation.interlude, conversation.rounds.last()
    if on is not None and on.kind in POLLS:
        return on.answers
    if last is None:
        return None
    return last.votes if last.kind == Round.Kind.VOTE else last.ballot_votes


def interlude_shown(interlude: Interlude) -> Shown:
    """What stands between rounds, as pages name it. No figure of an open poll is in it."""
    counted = interlude.result is not None or interlude.kind not in POLLS
    return {
        "number": interlude.number,
        "kind": interlude.kind,
        "kind_name": _(INTERLUDE_NAMES[interlude.kind]),
        "title": in_language(interlude.title, language()) or _(INTERLUDE_NAMES[interlude.kind]),
        "title_lang": language_of(interlude.title, language()),
        "speaker": in_language(interlude.speaker, language()),
        "standing": standing(opened_at=interlude.opened_at, closed_at=interlude.closed_at, at=now(), counted=counted),
        "closes_in": None
        if interlude.closes_at is None or interlude.closed_at is not None
        else max(0, int((interlude.closes_at - now()).total_seconds())),
    }


def on_now(conversation: Conversation) -> str | None:
    """The interlude that is on, as the stream says it."""
    on = conversation.interlude
    return None if on is None else f"{on.number} {interlude_shown(on)['standing']}"


def closes_in(conversation: Conversation) -> int | None:
    """Seconds until the open round closes by the clock."""
    last = conversation.rounds.last()
    if last is None or last.closes_at is None or last.closed_at is not None:
        return None
    return max(0, int((last.closes_at - now()).total_seconds()))


def statements_by_number(conversation: Conversation) -> dict[int, Statement]:
    """All that may be shown; of what was hidden or removed only that it was."""
    unread = ("refused", "waiting", "held", "merged")
    return {s.number: veiled(s) for s in conversation.statements.exclude(state__in=unread)}


def veiled(statement: Statement) -> Statement:
    """The statement as everybody may see it: a hidden or removed one says so in place of its text. Never saved."""
    if statement.state in {"hidden", "removed"}:
        statement.text, statement.lang = placeholder(statement), language()
    return statement


def placeholder(statement: Statement) -> str:
    """What stands where a text stood."""
    if statement.state == "removed":
        return _("내린 의견이에요")
    told = {"date": date_text(statement.hidden_until)}
    return _("권리 요청으로 %(date)s까지 임시로 가려져 있습니다. 지워진 것이 아닙니다.") % told


def date_text(moment: datetime | None) -> str:
    """A day as people write it, with its weekday."""
    return "" if moment is None else conventions.day_text(timezone.localtime(moment), language())


def till() -> str:
    """What stands between the ends of a span of time."""
    return conventions.till(language())


def days_text(first: datetime | None, last: datetime | None) -> str:
    """From one day to another; one day where they are the same."""
    days = [day for day in dict.fromkeys((date_text(first), date_text(last))) if day]
    return conventions.span_of_days(*days, language=language()) if days else ""


def clock_text(moment: datetime | None) -> str:
    """10:00:03, for receipts."""
    return "" if moment is None else f"{timezone.localtime(moment):%H:%M:%S}"


def time_text(moment: datetime | None) -> str:
    """14:05."""
    return "" if moment is None else f"{timezone.localtime(moment):%H:%M}"
