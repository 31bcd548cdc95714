"""What organisers do with the programme: a verb each, in one transaction.

Whoever saves names the stamp of what they were shown; if somebody else has saved since, nothing is stored and they are
told. The conference's row is the lock, and only columns that the book of places does not write are stored.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import transaction
from django.db.models import Max, ProtectedError

from onnuri.conference.actions import create_conference
from onnuri.conference.book import locked
from onnuri.conference.models import Announcement, Conference, Registration, Series, Session
from onnuri.conference.places import LIVE
from onnuri.conference.programme import (
    KINDS,
    MOST_SESSIONS,
    Change,
    Item,
    Whole,
    changes_of_conference,
    changes_of_session,
    check_inside,
    check_span,
    check_whole,
    checked_address,
    index_for,
    moved_along,
    outside,
)
from onnuri.errors import Conflict, NotFound, Unprocessable
from onnuri.people.models import Mail
from onnuri.text import plain_text
from onnuri.vocabulary import LANGUAGES, in_language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import QuerySet

Texts = dict[str, dict[str, str]]
"""Field -> language -> text."""

CONFERENCE_TEXTS: Final = {
    "title": 120, "theme": 200, "organiser": 120, "venue": 200, "summary": 2000,
    "consent_email": 500, "consent_sensitive": 500, "consent_guardian": 500,
}  # fmt: skip
SESSION_TEXTS: Final = {"title": 160, "speaker": 300, "room": 80, "summary": 2000}
SERIES_TEXTS: Final = {"title": 120, "summary": 2000}
ANNOUNCEMENT_LIMIT: Final = 1000
LONGEST_SLUG: Final = 50
MOST_NUMBER: Final = 9999
PRESSED_TWICE: Final = timedelta(minutes=10)
"""The same words within this time are one announcement, however often the button is pressed."""
RULES_OF_PLACES: Final = (
    "hold_minutes", "mail_minutes", "offer_hours", "party_limit", "release_minutes", "draw_minutes", "retention_days",
)  # fmt: skip
TIMES: Final = ("doors_at", "starts_at", "ends_at")
STAMPED: Final = {
    Conference: (*CONFERENCE_TEXTS, *TIMES, "stream_url", "revision"),
    Session: (*SESSION_TEXTS, "starts_at", "ends_at", "kind", "slides_url", "recording_url", "cancelled", "revision"),
    Series: (*SERIES_TEXTS,),
}


@dataclass(frozen=True)
class About:
    """What an organiser wrote of the conference."""

    texts: Texts
    doors_at: datetime | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    stream_url: str = ""


@dataclass(frozen=True)
class Written:
    """What an organiser wrote of one session."""

    texts: Texts
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    kind: str = "talk"
    slides_url: str = ""
    recording_url: str = ""


@dataclass(frozen=True)
class Next:
    """Where the next conference is to be, and from when one can register."""

    slug: str
    opens_at: datetime | None
    number: int | None = None
    texts: Texts = field(default_factory=dict)


def stamp_of(thing: Conference | Session | Series) -> str:
    """Changes with whatever an organiser can edit."""
    told = [getattr(thing, name) for name in STAMPED[type(thing)]]
    return hashlib.sha256(json.dumps(told, default=str, sort_keys=True).encode()).hexdigest()[:16]


def whole_of(conference: Conference) -> Whole:
    """As the rules of the programme see it."""
    return Whole(conference.doors_at, conference.starts_at, conference.ends_at, conference.venue)


def item_of(session: Session) -> Item:
    """As the rules of the programme see it."""
    own = session
    return Item(own.pk, own.starts_at, own.ends_at, own.room, own.speaker or {}, own.cancelled)


# ---- the conference


def change_conference(slug: str, about: About, *, stamp: str, along: bool) -> list[Change]:
    """Its texts, times and stream; `along` moves every session by as much as the start moves."""
    texts = checked_texts(about.texts, CONFERENCE_TEXTS)
    stream_url = checked_address(about.stream_url, field="stream_url")
    after = Whole(about.doors_at, about.starts_at, about.ends_at, texts["venue"])
    check_whole(after)
    with transaction.atomic():
        found = locked(slug)
        _require_stamp(found, stamp)
        before = whole_of(found)
        sessions = _moved(list(found.sessions.all()), before, after, along=along)
        changed = changes_of_conference(before, after)
        for name, told in texts.items():
            setattr(found, name, _kept(getattr(found, name), told))
        found.doors_at, found.starts_at, found.ends_at = after.doors_at, after.starts_at, after.ends_at
        found.stream_url = stream_url
        found.revision += bool(changed)
        found.save(update_fields=[*CONFERENCE_TEXTS, *TIMES, "stream_url", "revision"])
        Session.objects.bulk_update(sessions, ["starts_at", "ends_at", "revision"])
    return changed


def _moved(sessions: Sequence[Session], before: Whole, after: Whole, *, along: bool) -> list[Session]:
    """The sessions that move along; none may fall out of the conference by its new times."""
    by = timedelta()
    if along and before.starts_at is not None and after.starts_at is not None:
        by = after.starts_at - before.starts_at
    moved = []
    for own in sessions:
        item = moved_along(item_of(own), by)
        if outside(item, after) is not None and outside(item_of(own), before) is None:
            raise Unprocessable("sessions_outside", field="starts_at", title=in_language(own.title, "ko"))
        if by and own.starts_at is not None:
            own.starts_at, own.ends_at, own.revision = item.starts_at, item.ends_at, own.revision + 1
            moved.append(own)
    return moved


# ---- sessions


def add_session(slug: str, written: Written) -> Session:
    """One more, at its place by the time."""
    told = _checked(written)
    with transaction.atomic():
        found = locked(slug)
        others = list(found.sessions.all())
        if len(others) >= MOST_SESSIONS:
            raise Unprocessable("sessions_most", most=MOST_SESSIONS)
        check_inside(Item(starts_at=told.starts_at, ends_at=told.ends_at), whole_of(found))
        own = Session(conference=found, order=len(others))
        _fill(own, told)
        own.save()
        _put(own, others)
    return own


def change_session(slug: str, number: int, written: Written, *, stamp: str) -> list[Change]:
    """All of one session; a new time puts it at its new place in the order."""
    told = _checked(written)
    with transaction.atomic():
        found = locked(slug)
        own = _session(found, number)
        _require_stamp(own, stamp)
        before = item_of(own)
        if (told.starts_at, told.ends_at) != (own.starts_at, own.ends_at):
            check_inside(Item(starts_at=told.starts_at, ends_at=told.ends_at), whole_of(found))
        _fill(own, told)
        changed = changes_of_session(before, item_of(own))
        own.revision += bool(changed)
        own.save()
        if before.starts_at != own.starts_at:
            _put(own, list(found.sessions.exclude(pk=own.pk)))
    return changed


def set_cancelled(slug: str, number: int, *, cancelled: bool) -> list[Change]:
    """It stays on the programme, struck out; or it takes place after all."""
    with transaction.atomic():
        own = _session(locked(slug), number)
        before = item_of(own)
        own.cancelled = cancelled
        changed = changes_of_session(before, item_of(own))
        own.revision += bool(changed)
        own.save(update_fields=["cancelled", "revision"])
    return changed


def move_session(slug: str, number: int, by: int) -> None:
    """Up (-1) or down (+1) by one; at either end it stays."""
    with transaction.atomic():
        found = locked(slug)
        own = _session(found, number)
        others = list(found.sessions.exclude(pk=own.pk))
        index = sum((s.order, s.pk) < (own.order, own.pk) for s in others) + by
        _order([*others[: max(index, 0)], own, *others[max(index, 0) :]])


def remove_session(slug: str, number: int) -> tuple[dict[str, Any], list[Change]]:
    """Take it off the programme; the answer holds all that `bring_back` needs.

    Raises:
        Conflict: session_talked_about - it has comments or a picture, which an undo could not bring back.
    """
    with transaction.atomic():
        found = locked(slug)
        own = _session(found, number)
        told = {f.attname: getattr(own, f.attname) for f in Session._meta.concrete_fields}  # noqa: SLF001 - documented
        announced = own.starts_at is not None and not own.cancelled
        try:
            own.delete()
        except ProtectedError:
            raise Conflict("session_talked_about") from None
        _order(list(found.sessions.all()))
    kept = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in told.items()}
    return kept, [Change("cancelled", told["id"], title=told["title"])] if announced else []


def bring_back(slug: str, kept: Mapping[str, Any]) -> list[Change]:
    """Undo a removal: the same session under the same number, so that calendars know it again."""
    with transaction.atomic():
        found = locked(slug)
        if kept["conference_id"] != found.pk:
            raise NotFound("session_unknown")
        if found.sessions.filter(pk=kept["id"]).exists():
            return []
        moments = {n: datetime.fromisoformat(kept[n]) for n in ("starts_at", "ends_at") if kept[n] is not None}
        others = list(found.sessions.all())
        own = Session.objects.create(**{**kept, **moments, "revision": kept["revision"] + 1})
        _order([*others[: own.order], own, *others[own.order :]])
    return [Change("restored", own.pk)]


def _session(conference: Conference, number: int) -> Session:
    own = conference.sessions.filter(pk=number).first()
    if own is None:
        raise NotFound("session_unknown")
    return own


def _checked(written: Written) -> Written:
    if written.kind not in KINDS:
        raise Unprocessable("session_kind", field="kind")
    check_span(written.starts_at, written.ends_at)
    return Written(
        checked_texts(written.texts, SESSION_TEXTS),
        written.starts_at,
        written.ends_at,
        written.kind,
        checked_address(written.slides_url, field="slides_url"),
        checked_address(written.recording_url, field="recording_url"),
    )


def _fill(own: Session, told: Written) -> None:
    for name in SESSION_TEXTS:
        setattr(own, name, _kept(getattr(own, name), told.texts[name]))
    own.starts_at, own.ends_at, own.kind = told.starts_at, told.ends_at, told.kind
    own.slides_url, own.recording_url = told.slides_url, told.recording_url


def _put(own: Session, others: list[Session]) -> None:
    index = index_for(own.starts_at, [item_of(other) for other in others])
    _order([*others[:index], own, *others[index:]])


def _order(sessions: Sequence[Session]) -> None:
    for order, own in enumerate(sessions):
        own.order = order
    Session.objects.bulk_update(sessions, ["order"])


# ---- telling people


def announce(slug: str, texts: Mapping[str, str], *, at: datetime) -> Announcement:
    """Say it on the page and in the calendar, and queue a letter to everybody with a live place, all or nothing."""
    told = checked_text(texts, ANNOUNCEMENT_LIMIT, "text")
    if not told:
        raise Unprocessable("announcement_blank", field="text_ko")
    with transaction.atomic():
        found = locked(slug)
        last = found.announcements.first()
        if last is not None and last.text == told and at - last.at < PRESSED_TWICE:
            return last
        made = found.announcements.create(at=at, text=told)
        found.revision += 1
        found.save(update_fields=["revision"])
        Mail.objects.bulk_create(_letter(own, made, found, at) for own in people_to_tell(found))
    return made


def people_to_tell(conference: Conference) -> QuerySet[Registration]:
    """Everybody who is still coming and can be written to; simulated people cannot."""
    coming = conference.registrations.filter(place__in=LIVE)
    return coming.exclude(email="").exclude(confirmed_by="simulated").order_by("seq")


def _letter(own: Registration, made: Announcement, conference: Conference, at: datetime) -> Mail:
    return Mail(
        topic=f"e/{conference.slug}",
        kind="changed",
        about={"announcement": made.pk, "claim": own.claim},
        to=own.email,
        language=own.language,
        queued_at=at,
        due_at=at,
    )


# ---- the series


def make_series(slug: str, series_slug: str, texts: Texts) -> Series:
    """A new series, and this conference in it."""
    told = checked_texts(texts, SERIES_TEXTS)
    wanted = checked_slug(series_slug, field="series_slug")
    with transaction.atomic():
        found = locked(slug)
        if Series.objects.filter(slug=wanted).exists():
            raise Conflict("slug_taken", field="series_slug", slug=wanted)
        series = Series.objects.create(slug=wanted, **told)
        found.series = series
        found.save(update_fields=["series"])
    return series


def change_series(slug: str, texts: Texts, *, stamp: str) -> None:
    """The texts of the series this conference is in."""
    told = checked_texts(texts, SERIES_TEXTS)
    with transaction.atomic():
        found = locked(slug)
        series = found.series
        if series is None:
            raise NotFound("series_unknown")
        _require_stamp(series, stamp)
        for name, text in told.items():
            setattr(series, name, _kept(getattr(series, name), text))
        series.save(update_fields=[*SERIES_TEXTS])


def choose_series(slug: str, series: Series | None, number: int | None) -> None:
    """Which series a conference belongs to, and as its how many-th."""
    with transaction.atomic():
        found = locked(slug)
        if number is not None and not 1 <= number <= MOST_NUMBER:
            raise Unprocessable("number_shape", field="number", most=MOST_NUMBER)
        if number is not None and series is not None and _is_taken(number, _alone(series), found):
            raise Conflict("number_taken", field="number", number=number)
        found.series, found.number = series, number if series is not None else None
        found.save(update_fields=["series", "number"])


def _alone(series: Series) -> Series:
    # Two conferences must not take the same number at the same moment.
    return Series.objects.select_for_update().get(pk=series.pk)


def _is_taken(number: int, series: Series, own: Conference) -> bool:
    return series.conferences.filter(number=number).exclude(pk=own.pk).exists()


def next_number(conference: Conference) -> int | None:
    """The number after the last one of the series."""
    if conference.series is None:
        return None
    last = conference.series.conferences.aggregate(last=Max("number"))["last"]
    return None if last is None else last + 1


def next_conference(slug: str, wanted: Next, *, at: datetime) -> tuple[Conference, str]:
    """The next one from this: its texts, its order of the day without times and speakers, the rules of its places.

    Nobody can register before `opens_at`; so there is time to write what is new.
    """
    new_slug = checked_slug(wanted.slug, field="slug")
    if wanted.opens_at is None:
        raise Unprocessable("opens_needed", field="opens_at")
    with transaction.atomic():
        found = locked(slug)
        texts = {name: getattr(found, name) for name in CONFERENCE_TEXTS if name != "title"}
        rules = {name: getattr(found, name) for name in RULES_OF_PLACES}
        made, key = create_conference(
            slug=new_slug, title=found.title, capacity=found.capacity, at=at, opens_at=wanted.opens_at, **texts, **rules
        )
        choose_series(new_slug, found.series, wanted.number)
        Session.objects.bulk_create(
            Session(
                conference=made, order=n, kind=own.kind, title=own.title, summary=own.summary, room=own.room, speaker={}
            )
            for n, own in enumerate(found.sessions.filter(cancelled=False))
        )
    return made, key


# ---- text at the door


def checked_texts(texts: Mapping[str, Mapping[str, str]], limits: Mapping[str, int]) -> Texts:
    """Texts by field and language; blank ones are left out, the title is there in one language at least.

    Raises:
        Unprocessable: title_needed, text_too_long, text_not_unicode; at the field, like "title_en".
    """
    told = {name: checked_text(texts.get(name, {}), limit, name) for name, limit in limits.items()}
    if not told["title"]:
        raise Unprocessable("title_needed", field="title_ko")
    return told


def checked_text(texts: Mapping[str, str], limit: int, name: str) -> dict[str, str]:
    return {
        language: plain_text(texts[language], limit=limit, field=f"{name}_{language}")
        for language in LANGUAGES
        if texts.get(language, "").strip()
    }


def _kept(before: Mapping[str, str] | None, told: dict[str, str]) -> dict[str, str]:
    """The new texts, and those in languages this form does not offer."""
    return {**{k: v for k, v in (before or {}).items() if k not in LANGUAGES}, **told}


def checked_slug(written: str, *, field: str) -> str:
    """A name for addresses.

    Raises:
        Unprocessable: slug_shape.
    """
    slug = written.strip()
    try:
        validate_slug(slug)
    except ValidationError:
        raise Unprocessable("slug_shape", field=field) from None
    if len(slug) > LONGEST_SLUG:
        raise Unprocessable("slug_shape", field=field)
    return slug


def _require_stamp(thing: Conference | Session | Series, stamp: str) -> None:
    if stamp_of(thing) != stamp:
        raise Conflict("edited_meanwhile")
