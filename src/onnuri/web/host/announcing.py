"""Changes that wait to be announced: kept in the organiser's browser, signed, until they are told or dropped."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core import signing
from django.utils import translation
from django.utils.translation import gettext as _

from onnuri.conference.programme import Change, merged
from onnuri.vocabulary import in_language
from onnuri.web import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.http import HttpRequest, HttpResponse

    from onnuri.conference.models import Conference, Session

SALT: Final = "onnuri.changes"
LONGEST_COOKIE: Final = 3500
DAY_S: Final = 24 * 3600


def waiting(request: HttpRequest, conference: Conference) -> list[Change]:
    """The changes this browser has made and not announced."""
    try:
        told = signing.loads(request.COOKIES.get(_name(conference), ""), salt=_salt(conference), max_age=DAY_S)
    except signing.BadSignature:
        return []
    return [Change(**one) for one in told]


def remember(answer: HttpResponse, request: HttpRequest, conference: Conference, new: Sequence[Change]) -> HttpResponse:
    """Add changes to those that wait."""
    if not new:
        return answer
    kept = merged([*waiting(request, conference), *(replace(c, title=_short(c.title)) for c in new)])
    told = _signed(kept, conference)
    while len(told) > LONGEST_COOKIE:
        kept = kept[1:]
        told = _signed(kept, conference)
    answer.set_cookie(_name(conference), told, max_age=DAY_S, httponly=True, samesite="Lax", secure=request.is_secure())
    return answer


def forget(answer: HttpResponse, conference: Conference) -> HttpResponse:
    """They were told, or need not be."""
    answer.delete_cookie(_name(conference), samesite="Lax")
    return answer


def _signed(changes: Iterable[Change], conference: Conference) -> str:
    return signing.dumps([asdict(c) for c in changes], salt=_salt(conference), compress=True)


def _name(conference: Conference) -> str:
    return f"changes_{conference.pk}"


def _salt(conference: Conference) -> str:
    return f"{SALT}.{conference.pk}"


def _short(title: Any) -> dict[str, str]:  # noqa: ANN401 - a JSON column
    return {language: text[:60] for language, text in dict(title).items()}


# ---- the sentences


def sentences(conference: Conference, changes: Sequence[Change]) -> dict[str, str]:
    """What to tell people, in every language the installation speaks; the organiser may write it otherwise."""
    sessions = {s.pk: s for s in conference.sessions.all()}
    found = {}
    for language, _its_name in settings.LANGUAGES:
        with translation.override(language):
            lines = [_sentence(conference, sessions, change, language) for change in changes]
        found[language] = "\n".join(filter(None, lines))
    return {language: text for language, text in found.items() if text}


def _sentence(conference: Conference, sessions: dict[int, Session], change: Change, language: str) -> str:
    if change.kind == "when":
        return _when(conference, change)
    if change.kind == "venue":
        venue = in_language(conference.venue, language)
        return _("장소가 바뀌었습니다: %(after)s") % {"after": venue or _("미정")}
    own = sessions.get(change.session or 0)
    if own is None:
        return _("“%(title)s”: 취소되었습니다.") % {"title": in_language(dict(change.title), language)}
    return _of_session(own, change, language)


def _when(conference: Conference, change: Change) -> str:
    before, now = _moment(change.before), conference.starts_at
    ends = f"{shown.till()}{shown.time_text(conference.ends_at)}" if conference.ends_at else ""
    after = f"{shown.date_text(now)} {shown.time_text(now)}{ends}" if now else _("미정")
    if before == now:
        return _("시간이 바뀌었습니다: %(after)s") % {"after": after}
    told = {"before": f"{shown.date_text(before)} {shown.time_text(before)}", "after": after}
    return _("일시가 바뀌었습니다: %(before)s → %(after)s") % told


def _of_session(own: Session, change: Change, language: str) -> str:
    told = {"title": in_language(own.title, language)}
    match change.kind:
        case "cancelled":
            return _("“%(title)s”: 취소되었습니다.") % told if own.cancelled else ""
        case "restored":
            return "" if own.cancelled else _("“%(title)s”: 취소하지 않고 예정대로 엽니다.") % told
        case "time":
            return _("“%(title)s”: 시간이 바뀌었습니다. %(before)s → %(after)s") % {**told, **_times(own, change)}
        case "room":
            room = in_language(own.room, language) or in_language(own.conference.venue, language) or _("미정")
            return _("“%(title)s”: 장소가 바뀌었습니다. %(room)s") % {**told, "room": room}
        case "speaker":
            speaker = in_language(own.speaker, language) or _("미정")
            return _("“%(title)s”: 발표자가 바뀌었습니다. %(speaker)s") % {**told, "speaker": speaker}
    return ""


def _times(own: Session, change: Change) -> dict[str, str]:
    before, now = _moment(change.before), own.starts_at
    same_day = now is not None and shown.date_text(before) == shown.date_text(now)
    ends = f"{shown.till()}{shown.time_text(own.ends_at)}" if own.ends_at else ""
    if now is None:
        return {"before": f"{shown.date_text(before)} {shown.time_text(before)}", "after": _("미정")}
    days = ("", "") if same_day else (f"{shown.date_text(before)} ", f"{shown.date_text(now)} ")
    return {
        "before": f"{days[0]}{shown.time_text(before)}",
        "after": f"{days[1]}{shown.time_text(now)}{ends}",
    }


def _moment(written: str) -> datetime | None:
    return datetime.fromisoformat(written) if written else None
