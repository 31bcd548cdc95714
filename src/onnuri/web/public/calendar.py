"""The programme for calendars: one entry for the conference and one for each session, in the reader's language.

A calendar keeps an entry by its UID and takes what has a higher SEQUENCE, so UIDs never change and revisions only grow.
Nothing here depends on the moment it is asked for: the same programme is the same bytes, and has the same ETag.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone

from onnuri.conference import queries
from onnuri.conference.editing import item_of, whole_of
from onnuri.conference.programme import end_of
from onnuri.errors import NotFound
from onnuri.vocabulary import LANGUAGES, in_language
from onnuri.web import shown

if TYPE_CHECKING:
    from onnuri.conference.models import Conference, Session

ASK_AGAIN: Final = timedelta(hours=1)
NEWEST: Final = 5
"""Announcements that the conference's entry repeats."""


def feed(request: HttpRequest, slug: str, lang: str | None = None) -> HttpResponse:
    """The feed; a calendar program has no cookies, so its address names the language."""
    found = queries.conference_by_slug(slug)
    asked = lang or request.GET.get("lang")
    if asked is not None and asked not in LANGUAGES:
        raise NotFound("not_found")
    language = asked or shown.language()
    body = calendar_of(found, language, request.build_absolute_uri(f"/e/{slug}"))
    answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'inline; filename="{slug}.ics"'
    answer["Content-Language"] = language
    answer["Cache-Control"] = "no-cache"
    answer["ETag"] = quote_etag(hashlib.sha256(body).hexdigest()[:32])
    if asked is None:
        patch_vary_headers(answer, ["Accept-Language", "Cookie"])
    return get_conditional_response(request, etag=answer["ETag"], response=answer) or answer


def calendar_of(conference: Conference, language: str, page_url: str) -> bytes:
    """The whole programme as iCalendar (RFC 5545, RFC 7986)."""
    with translation.override(language):
        return bytes(Writing(conference, language, page_url).calendar().to_ical())


@dataclass
class Writing:
    """One feed while it is written."""

    conference: Conference
    language: str
    page_url: str

    def calendar(self) -> Calendar:
        """The conference first, then its sessions in their order."""
        own, name = self.conference, in_language(self.conference.title, self.language)
        made = Calendar()
        made.add("prodid", f"-//Onnuri//Programme//{self.language.upper()}")
        made.add("version", "2.0")
        made.add("calscale", "GREGORIAN")
        made.add("method", "PUBLISH")
        # The second name and time of each pair is what Google and Apple read.
        made.add("name", name)
        made.add("x-wr-calname", name)
        made.add("x-wr-timezone", settings.TIME_ZONE)
        made.add("url", self.page_url)
        made.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
        made.add("x-published-ttl", "PT1H")
        sessions = list(own.sessions.all())
        moments = [s.starts_at for s in sessions] + [own.starts_at]
        made.add_component(zone(settings.TIME_ZONE, min((_day(m) for m in moments if m), default=_day(own.created_at))))
        for event in self._events(sessions):
            made.add_component(event)
        return made

    def _events(self, sessions: list[Session]) -> list[Event]:
        items, whole = [item_of(s) for s in sessions], whole_of(self.conference)
        found = []
        if whole.starts_at is not None:
            ends = whole.ends_at or max((i.ends_at for i in items if i.ends_at is not None), default=None)
            found.append(self._whole(whole.starts_at, ends))
        found += [
            self._session(session, item.starts_at, end_of(item, items, whole))
            for session, item in zip(sessions, items, strict=True)
            if item.starts_at is not None
        ]
        return found

    def _whole(self, starts_at: datetime, ends_at: datetime | None) -> Event:
        own = self.conference
        event = self._event("conference", own.pk, own.revision, starts_at, ends_at)
        event.add("summary", self._text(own.title))
        event.add("location", self._text(own.venue) or _("온라인"))
        event.add("description", "\n\n".join(filter(None, self._about())))
        event.add("status", "CONFIRMED")
        event.add("transp", "TRANSPARENT")  # the sessions are what fills the day
        return event

    def _about(self) -> list[str]:
        own = self.conference
        news = [
            f"{shown.date_text(a.at)} {shown.time_text(a.at)}\n{self._text(a.text)}"
            for a in own.announcements.all()[:NEWEST]
        ]
        doors = _("문 여는 때: %(time)s") % {"time": shown.time_text(own.doors_at)} if own.doors_at else ""
        changed = [_("바뀐 것"), *news] if news else []
        return [self._text(own.theme), self._text(own.summary), doors, *changed, self.page_url]

    def _session(self, own: Session, starts_at: datetime, ends_at: datetime | None) -> Event:
        event = self._event("session", own.pk, own.revision, starts_at, ends_at)
        title = self._text(own.title)
        # Google shows a cancelled entry of a feed like any other, so its name says it too.
        event.add("summary", f"[{_('취소')}] {title}" if own.cancelled else title)
        event.add("location", ", ".join(filter(None, (self._text(own.room), self._text(self.conference.venue)))))
        told = (self._text(own.speaker), self._text(own.summary), own.slides_url, own.recording_url)
        event.add("description", "\n\n".join(filter(None, (*told, f"{self.page_url}#session-{own.pk}"))))
        event.add("status", "CANCELLED" if own.cancelled else "CONFIRMED")
        return event

    def _event(self, kind: str, number: int, revision: int, starts_at: datetime, ends_at: datetime | None) -> Event:
        event = Event()
        event.add("uid", uid(self.conference, kind, number))
        event.add("sequence", revision)
        event.add("dtstamp", self._changed_at())
        event.add("dtstart", _local(starts_at))
        if ends_at is not None and ends_at > starts_at:
            event.add("dtend", _local(ends_at))
        event.add("url", self.page_url)
        return event

    def _changed_at(self) -> datetime:
        last = self.conference.announcements.first()
        return (last.at if last is not None else self.conference.created_at).astimezone(UTC).replace(microsecond=0)

    def _text(self, texts: Any) -> str:  # noqa: ANN401 - a JSON column
        return in_language(texts, self.language)


def uid(conference: Conference, kind: str, number: int) -> str:
    """The same for the life of the entry, another on every installation."""
    told = f"{conference.slug}/{conference.created_at.isoformat()}/{kind}/{number}"
    return f"{hashlib.sha256(told.encode()).hexdigest()[:32]}@onnuri"


def zone(name: str, since: date) -> Timezone:
    """The installation's time zone as its offsets from that year on; Outlook takes no name alone."""
    return _zone(name, since.year)


@cache
def _zone(name: str, year: int) -> Timezone:
    found = Timezone.from_tzid(name, first_date=date(year, 1, 1), last_date=date(year + 10, 1, 1))
    found.pop("comment", None)
    return found


def _local(moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE))


def _day(moment: datetime) -> date:
    return timezone.localtime(moment).date()
