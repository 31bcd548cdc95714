"""The conference: what it is about, its programme, how full it is; and the series it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from onnuri.community.queries import counts_by_session
from onnuri.conference import queries
from onnuri.conference.editing import item_of, whole_of
from onnuri.conference.models import Series
from onnuri.conference.programme import DECIDING, end_of, host_of_address
from onnuri.errors import NotFound
from onnuri.vocabulary import in_language, language_of
from onnuri.web import shown
from onnuri.web.middleware import content_security_policy
from onnuri.web.occasion import conference_shown, conversations_shown, places_shown
from onnuri.web.page import page
from onnuri.web.stream import policy_for, stream_shown

if TYPE_CHECKING:
    from onnuri.conference.models import Conference, Session

Content = dict[str, Any]
NEWEST = 5


def conference(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole occasion on one page."""
    found = queries.conference_by_slug(slug)
    content = {
        "conference": {**conference_shown(found), **_when(found)},
        "series": _series_of(found),
        "programme": programme_shown(found),
        "announcements": announcements_shown(found),
        "stream": stream_shown(found.stream_url, asked=request.GET.get("stream") == "show"),
        "places": places_shown(found),
        "conversations": conversations_shown(found),
        "calendar_url": f"/e/{slug}.{shown.language()}.ics",
        "subscribe_url": f"webcal://{request.get_host()}/e/{slug}.{shown.language()}.ics",
    }
    answer = page(request, "public/conference.html", content)
    if found.stream_url:
        # Of all pages only this one may show what another host sends, and only that host.
        answer["Content-Security-Policy"] = f"{content_security_policy()}; {policy_for(found.stream_url)}"
        answer["X-DNS-Prefetch-Control"] = "off"
    return answer


def _when(found: Conference) -> Content:
    same_day = shown.date_text(found.starts_at) == shown.date_text(found.ends_at)
    return {
        "ends_text": shown.time_text(found.ends_at),
        "ends_date_text": "" if same_day else shown.date_text(found.ends_at),
        "starts_at": _iso(found.starts_at),
        "ends_at": _iso(found.ends_at),
    }


def _iso(moment: Any) -> str | None:  # noqa: ANN401 - a date with its time, or None
    return None if moment is None else moment.isoformat()


# ---- the programme


def programme_shown(found: Conference) -> list[Content]:
    """Every session in its order; the day is named where it changes, if there are several."""
    sessions = list(found.sessions.all())
    items, whole = [item_of(s) for s in sessions], whole_of(found)
    days = [shown.date_text(s.starts_at) for s in sessions]
    comments = counts_by_session(found, shown.now())
    several = len({day for day in days if day}) > 1
    told, day = [], ""
    for own, item, its_day in zip(sessions, items, days, strict=True):
        new_day = its_day if several and its_day and its_day != day else ""
        told.append(
            {
                **_session_shown(own, comments.get(own.pk, 0)),
                "day": new_day,
                "state": _state(item.starts_at, end_of(item, items, whole)),
            }
        )
        day = its_day or day
    return told


def _session_shown(own: Session, comments: int) -> Content:
    texts = {
        name: in_language(getattr(own, name), shown.language()) for name in ("title", "speaker", "summary", "room")
    }
    return {
        "id": own.pk,
        "time": shown.time_text(own.starts_at),
        "ends": shown.time_text(own.ends_at),
        "kind": own.kind,
        "deciding": own.kind in DECIDING,
        "lang": language_of(own.title, shown.language()),
        **texts,
        "slides_url": own.slides_url,
        "slides_host": host_of_address(own.slides_url),
        "recording_url": own.recording_url,
        "recording_host": host_of_address(own.recording_url),
        "cancelled": own.cancelled,
        "comments": comments,
        "comments_url": f"/e/{own.conference.slug}/sessions/{own.pk}/comments",
    }


def _state(starts_at: Any, ends_at: Any) -> str:  # noqa: ANN401 - dates with their times, or None
    now = shown.now()
    if starts_at is None or now < starts_at:
        return "next"
    return "now" if ends_at is not None and now < ends_at else "over"


def announcements_shown(found: Conference, most: int = NEWEST) -> list[Content]:
    """The latest, newest first."""
    return [
        {
            "id": a.pk,
            "at_text": f"{shown.date_text(a.at)} {shown.time_text(a.at)}",
            "text": in_language(a.text, shown.language()),
            "lang": language_of(a.text, shown.language()),
        }
        for a in found.announcements.all()[:most]
    ]


# ---- the series


def _series_of(found: Conference) -> Content | None:
    if found.series is None:
        return None
    return {
        "slug": found.series.slug,
        "title": in_language(found.series.title, shown.language()),
        "number": found.number,
        "number_text": number_text(found.number),
        "others": found.series.conferences.count() - 1,
        "url": f"/s/{found.series.slug}",
    }


def number_text(number: int | None) -> str:
    """제9회, 9th."""
    return "" if number is None else _("제%(n)s회") % {"n": number}


def series(request: HttpRequest, slug: str) -> HttpResponse:
    """All conferences of a series, the newest first, with their records."""
    found = Series.objects.filter(slug=slug).first()
    if found is None:
        raise NotFound("series_unknown")
    content = {
        "series": {
            "slug": found.slug,
            "title": in_language(found.title, shown.language()),
            "summary": in_language(found.summary, shown.language()),
        },
        "conferences": [
            {
                **{
                    k: v
                    for k, v in conference_shown(own).items()
                    if k in {"slug", "title", "theme", "venue", "simulated"}
                },
                "number": own.number,
                "number_text": number_text(own.number),
                "date_text": shown.date_text(own.starts_at),
                "url": f"/e/{own.slug}",
                "records": [c for c in conversations_shown(own) if c["record_url"]],
            }
            for own in sorted(found.conferences.all(), key=_newest_first)
        ],
    }
    return page(request, "public/series.html", content)


def _newest_first(own: Conference) -> tuple[bool, int, float]:
    when = own.starts_at or own.created_at
    return own.number is None, -(own.number or 0), -when.timestamp()
