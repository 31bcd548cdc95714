"""The organiser's side of the programme: texts, times, sessions, telling people, the series, the next conference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST

from onnuri.conference import editing, queries
from onnuri.conference.editing import (
    ANNOUNCEMENT_LIMIT,
    CONFERENCE_TEXTS,
    SERIES_TEXTS,
    SESSION_TEXTS,
    About,
    Next,
    Written,
    item_of,
    stamp_of,
    whole_of,
)
from onnuri.conference.models import Conference, Series
from onnuri.conference.programme import KINDS, Change, merged, out_of_order, outside, overlaps
from onnuri.errors import BadRequest, Conflict, Forbidden, NotFound, Refusal
from onnuri.vocabulary import in_language
from onnuri.web import shown
from onnuri.web.consents import registering_defaults
from onnuri.web.host import announcing
from onnuri.web.host.fields import (
    form_of,
    languages_shown,
    missing_languages,
    moment_of,
    moment_text,
    texts_of,
    theirs,
)
from onnuri.web.occasion import conference_shown
from onnuri.web.page import error_content, number_in, page
from onnuri.web.voices import DAY, SIGNER, enter_as_host, host_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from onnuri.conference.models import Session

Content = dict[str, Any]
Form = dict[str, str]

UNDO_SALT: Final = "onnuri.removed"
UNDO_S: Final = 3600
LABELS: Final = {
    "title": gettext_noop("제목"),
    "theme": gettext_noop("주제"),
    "organiser": gettext_noop("주최"),
    "venue": gettext_noop("장소"),
    "summary": gettext_noop("소개"),
    "speaker": gettext_noop("발표자"),
    "room": gettext_noop("방"),
    "text": gettext_noop("알릴 말"),
    "consent_email": gettext_noop("등록할 때의 동의"),
    "consent_sensitive": gettext_noop("도움 요청의 동의"),
    "consent_guardian": gettext_noop("보호자의 동의"),
}
KIND_NAMES: Final = {
    "talk": gettext_noop("발표"),
    "panel": gettext_noop("토론"),
    "questions": gettext_noop("발표자에게 묻기"),
    "round": gettext_noop("의견 투표"),
    "where": gettext_noop("우리가 선 자리"),
    "lines": gettext_noop("문안 함께 쓰기"),
    "ballot": gettext_noop("후보 문안 투표"),
    "ratification": gettext_noop("추인"),
    "break": gettext_noop("쉬는 시간"),
    "other": gettext_noop("그 밖"),
}
SESSION_PLAIN: Final = ("starts_at", "ends_at", "kind", "slides_url", "recording_url")
CONFERENCE_PLAIN: Final = ("doors_at", "starts_at", "ends_at", "stream_url")


def required_organiser(request: HttpRequest, slug: str) -> Conference:
    """The conference, if its organiser asks."""
    found = queries.conference_by_slug(slug)
    if not host_of("e", found, request):
        raise Forbidden("host_only")
    return found


# ---- the desk


def desk(request: HttpRequest, slug: str) -> HttpResponse:
    """The order of the day, and what waits to be told."""
    found = queries.conference_by_slug(slug)
    return enter_as_host("e", found, request, lambda: _desk(request, found))


def _desk(
    request: HttpRequest,
    found: Conference,
    *,
    form: Mapping[str, str] | None = None,
    error: Content | None = None,
    removed: Content | None = None,
    new: Sequence[Change] = (),
    status: int = 200,
) -> HttpResponse:
    changes = merged([*announcing.waiting(request, found), *new])
    told = announcing.sentences(found, changes)
    written = form if form is not None else {f"text_{language}": text for language, text in told.items()}
    sessions = list(found.sessions.all())
    content = {
        "conference": conference_shown(found),
        "missing": missing_languages(found, CONFERENCE_TEXTS),
        "sessions": _rows(sessions),
        "warnings": _warnings(found, sessions),
        "announcing": bool(told) or form is not None,
        "languages": languages_shown(
            written, None, {"text": ANNOUNCEMENT_LIMIT}, _labels(), wrong=error["field"] if error else None
        ),
        "people": editing.people_to_tell(found).count(),
        "announcements": [
            {
                "at_text": f"{shown.date_text(a.at)} {shown.time_text(a.at)}",
                "text": in_language(a.text, shown.language()),
            }
            for a in found.announcements.all()[:20]
        ],
        "removed": removed,
        "error": error,
    }
    return page(request, "host/programme.html", content, status=status)


def _rows(sessions: list[Session]) -> list[Content]:
    """Every session; the day is said where it changes."""
    found, day = [], ""
    for index, own in enumerate(sessions):
        its_day = shown.date_text(own.starts_at)
        found.append({**_row(own, index, len(sessions)), "date": "" if its_day == day else its_day})
        day = its_day or day
    return found


def _row(own: Session, index: int, count: int) -> Content:
    return {
        "id": own.pk,
        "time": shown.time_text(own.starts_at),
        "ends": shown.time_text(own.ends_at),
        "title": in_language(own.title, shown.language()),
        "kind_name": _(KIND_NAMES.get(own.kind, "그 밖")),
        "room": in_language(own.room, shown.language()),
        "speaker": in_language(own.speaker, shown.language()),
        "missing": missing_languages(own, SESSION_TEXTS),
        "cancelled": own.cancelled,
        "first": index == 0,
        "last": index == count - 1,
    }


def _warnings(found: Conference, sessions: list[Session]) -> list[str]:
    items, whole = [item_of(s) for s in sessions], whole_of(found)
    names = [in_language(s.title, shown.language()) for s in sessions]
    pairs = overlaps(items)
    return [
        *(
            _("같은 곳에서 시간이 겹쳐요: “%(one)s”, “%(other)s”") % {"one": names[a], "other": names[b]}
            for a, b in pairs
        ),
        *(_("시각 순서와 다르게 놓여 있어요: “%(title)s”") % {"title": names[n]} for n in out_of_order(items)),
        *(
            _("컨퍼런스 시간 밖에 있어요: “%(title)s”") % {"title": names[n]}
            for n, item in enumerate(items)
            if outside(item, whole)
        ),
    ]


def _wrong(refusal: Refusal | None) -> str | None:
    return None if refusal is None else refusal.field


def _labels() -> dict[str, str]:
    return {name: _(label) for name, label in LABELS.items()}


# ---- the conference itself


def about(request: HttpRequest, slug: str) -> HttpResponse:
    """Its texts, times and stream."""
    found = required_organiser(request, slug)
    if request.method != "POST":
        return _about_page(request, found, _about_form(found), None)
    form = request.POST.dict()
    try:
        changes = editing.change_conference(
            slug, _about_written(form), stamp=form.get("stamp", ""), along=bool(form.get("along"))
        )
    except Refusal as refusal:
        return _about_page(request, queries.conference_by_slug(slug), form, refusal)
    return announcing.remember(redirect("host:programme", slug), request, found, _worth_telling(found, changes))


def _about_written(form: Form) -> About:
    return About(
        texts_of(form, CONFERENCE_TEXTS),
        moment_of(form, "doors_at"),
        moment_of(form, "starts_at"),
        moment_of(form, "ends_at"),
        form.get("stream_url", ""),
    )


def _about_form(found: Conference) -> Form:
    times = {name: moment_text(getattr(found, name)) for name in ("doors_at", "starts_at", "ends_at")}
    return {**form_of(found, CONFERENCE_TEXTS), **times, "stream_url": found.stream_url, "stamp": stamp_of(found)}


def _about_page(request: HttpRequest, found: Conference, form: Form, refusal: Refusal | None) -> HttpResponse:
    stored = _about_form(found)
    content = {
        "conference": conference_shown(found),
        "languages": languages_shown(
            form,
            _if_conflict(stored, refusal),
            CONFERENCE_TEXTS,
            _labels(),
            wrong=_wrong(refusal),
            defaults=registering_defaults(found.retention_days),
        ),
        "form": form,
        "theirs": _theirs(form, _if_conflict(stored, refusal), CONFERENCE_PLAIN),
        "stamp": _stamp(form, stored, refusal),
        "zone": settings.TIME_ZONE,
        "has_sessions": found.sessions.filter(starts_at__isnull=False).exists(),
        "error": None if refusal is None else error_content(refusal),
    }
    return page(request, "host/about.html", content, status=200 if refusal is None else refusal.status)


def _if_conflict(stored: Form, refusal: Refusal | None) -> Form | None:
    return stored if isinstance(refusal, Conflict) and refusal.key == "edited_meanwhile" else None


def _stamp(form: Form, stored: Form, refusal: Refusal | None) -> str:
    # Who was shown what the other has stored may overwrite it; anybody else saves against what they first saw.
    return stored["stamp"] if _if_conflict(stored, refusal) is not None else form.get("stamp", "")


def _theirs(form: Form, stored: Form | None, names: tuple[str, ...]) -> dict[str, str | None]:
    found = {name: theirs(form, stored, name) for name in names}
    return {name: other.replace("T", " ") if other and name.endswith("_at") else other for name, other in found.items()}


def _worth_telling(found: Conference, changes: list[Change]) -> list[Change]:
    """Nobody needs to be told of a change before anybody could have made plans."""
    opened = found.opens_at is not None and shown.now() >= found.opens_at
    return changes if opened or found.next_seq > 1 or found.registrations.exists() else []


# ---- sessions


def new_session(request: HttpRequest, slug: str) -> HttpResponse:
    """One more."""
    found = required_organiser(request, slug)
    if request.method != "POST":
        return _session_page(request, found, None, {"kind": "talk", "starts_at": moment_text(_free_from(found))}, None)
    form = request.POST.dict()
    try:
        made = editing.add_session(slug, _written(form))
    except Refusal as refusal:
        return _session_page(request, found, None, form, refusal)
    return _to_row(slug, made.pk)


def _free_from(found: Conference) -> datetime | None:
    """When the next session would begin, if the last one says when it ends."""
    last = found.sessions.filter(starts_at__isnull=False).order_by("starts_at", "order").last()
    begins = found.starts_at if last is None else last.ends_at
    over = begins is not None and found.ends_at is not None and begins >= found.ends_at
    return None if over else begins


def session(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """All of one."""
    found = required_organiser(request, slug)
    own = found.sessions.filter(pk=number).first()
    form = request.POST.dict()
    if own is None:
        gone = NotFound("session_gone" if form else "session_unknown")
        if not form:
            raise gone
        return _session_page(request, found, None, form, gone)
    if request.method != "POST":
        return _session_page(request, found, own, _session_form(own), None)
    try:
        changes = editing.change_session(slug, number, _written(form), stamp=form.get("stamp", ""))
    except Refusal as refusal:
        return _session_page(request, found, found.sessions.filter(pk=number).first(), form, refusal)
    return announcing.remember(_to_row(slug, number), request, found, _worth_telling(found, changes))


def _written(form: Form) -> Written:
    return Written(
        texts_of(form, SESSION_TEXTS),
        moment_of(form, "starts_at"),
        moment_of(form, "ends_at"),
        form.get("kind", ""),
        form.get("slides_url", ""),
        form.get("recording_url", ""),
    )


def _session_form(own: Session) -> Form:
    return {
        **form_of(own, SESSION_TEXTS),
        "starts_at": moment_text(own.starts_at),
        "ends_at": moment_text(own.ends_at),
        "kind": own.kind if own.kind in KINDS else "other",
        "slides_url": own.slides_url,
        "recording_url": own.recording_url,
        "stamp": stamp_of(own),
    }


def _session_page(
    request: HttpRequest, found: Conference, own: Session | None, form: Form, refusal: Refusal | None
) -> HttpResponse:
    stored = {"stamp": ""} if own is None else _session_form(own)
    conflict = _if_conflict(stored, refusal)
    content = {
        "conference": conference_shown(found),
        "session": None if own is None else {"id": own.pk, "title": in_language(own.title, shown.language())},
        "languages": languages_shown(form, conflict, SESSION_TEXTS, _labels(), wrong=_wrong(refusal)),
        "zone": settings.TIME_ZONE,
        "kinds": [{"value": kind, "name": _(KIND_NAMES[kind])} for kind in KINDS],
        "form": form,
        "theirs": _theirs(form, conflict, SESSION_PLAIN),
        "stamp": _stamp(form, stored, refusal),
        "error": None if refusal is None else error_content(refusal),
    }
    return page(request, "host/session.html", content, status=200 if refusal is None else refusal.status)


@require_POST
def act(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Up, down, cancel, take that back, or remove."""
    found = required_organiser(request, slug)
    changes: list[Change] = []
    match request.POST.get("act"):
        case "up":
            editing.move_session(slug, number, -1)
        case "down":
            editing.move_session(slug, number, 1)
        case "cancel":
            changes = editing.set_cancelled(slug, number, cancelled=True)
        case "restore":
            changes = editing.set_cancelled(slug, number, cancelled=False)
        case "remove":
            return _removed(request, found, number)
        case _:
            raise BadRequest("method")
    return announcing.remember(_to_row(slug, number), request, found, _worth_telling(found, changes))


def _to_row(slug: str, number: int) -> HttpResponse:
    answer = redirect("host:programme", slug)
    answer["Location"] += f"#session-{number}"
    return answer


def _removed(request: HttpRequest, found: Conference, number: int) -> HttpResponse:
    """The desk at once, with all that undoing needs: it is too long for an address."""
    kept, changes = editing.remove_session(found.slug, number)
    changes = _worth_telling(found, changes)
    told = signing.dumps(kept, salt=UNDO_SALT, compress=True)
    removed = {"token": told, "title": in_language(kept["title"], shown.language())}
    return announcing.remember(_desk(request, found, removed=removed, new=changes), request, found, changes)


@require_POST
def undo(request: HttpRequest, slug: str) -> HttpResponse:
    """Bring a removed session back."""
    found = required_organiser(request, slug)
    try:
        kept = signing.loads(request.POST.get("token", ""), salt=UNDO_SALT, max_age=UNDO_S)
    except signing.BadSignature:
        raise Conflict("undo_over") from None
    changes = editing.bring_back(slug, kept)
    return announcing.remember(_to_row(slug, kept["id"]), request, found, _worth_telling(found, changes))


# ---- telling people


@require_POST
def announce(request: HttpRequest, slug: str) -> HttpResponse:
    """Tell everybody, or leave it."""
    found = required_organiser(request, slug)
    if request.POST.get("act") != "leave":
        form = request.POST.dict()
        try:
            editing.announce(slug, texts_of(form, {"text": ANNOUNCEMENT_LIMIT})["text"], at=shown.now())
        except Refusal as refusal:
            return _desk(request, found, form=form, error=error_content(refusal), status=refusal.status)
    return announcing.forget(redirect("host:programme", slug), found)


# ---- the series, and the next conference


def series(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose a series, make one, or write its texts."""
    found = required_organiser(request, slug)
    if request.method != "POST":
        return _series_page(request, found, {}, None)
    form = request.POST.dict()
    acts: dict[str, Callable[[], object]] = {
        "choose": lambda: editing.choose_series(slug, _chosen(request, found, form), _number(form)),
        "make": lambda: editing.make_series(slug, form.get("series_slug", ""), texts_of(form, SERIES_TEXTS)),
        "texts": lambda: editing.change_series(slug, texts_of(form, SERIES_TEXTS), stamp=form.get("stamp", "")),
    }
    try:
        acts.get(form.get("act", ""), _unknown_act)()
    except Refusal as refusal:
        return _series_page(request, found, form, refusal)
    return redirect("host:series", slug)


def _unknown_act() -> None:
    raise BadRequest("method")


def _chosen(request: HttpRequest, found: Conference, form: Form) -> Series | None:
    wanted = form.get("series", "")
    if not wanted:
        return None
    for own in _series_of(request, found):
        if own.slug == wanted:
            return own
    raise NotFound("series_unknown", field="series")


def _number(form: Form) -> int | None:
    written = form.get("number", "").strip()
    # What is no number is refused as one that is out of bounds.
    return None if not written else number_in(written, most=editing.MOST_NUMBER) or 0


def _series_of(request: HttpRequest, found: Conference) -> list[Series]:
    """Series this organiser may choose: of a conference whose key this browser holds, or of nobody's."""
    numbers = [int(name[7:]) for name in request.COOKIES if name.startswith("host_e_") and name[7:].isdecimal()]
    held = [c.series_id for c in Conference.objects.filter(pk__in=numbers[:50]) if host_of("e", c, request)]
    own = Series.objects.filter(pk__in=[*(s for s in held if s), *([found.series_id] if found.series_id else [])])
    return sorted({*own, *Series.objects.filter(conferences=None)}, key=lambda s: s.slug)


def _series_page(request: HttpRequest, found: Conference, form: Form, refusal: Refusal | None) -> HttpResponse:
    found.refresh_from_db()
    own = found.series
    stored = {"stamp": ""} if own is None else {**form_of(own, SERIES_TEXTS), "stamp": stamp_of(own)}
    written = form if form.get("act") in {"make", "texts"} else stored
    number = form.get("number", "" if found.number is None else str(found.number))
    content = {
        "conference": conference_shown(found),
        "series": None if own is None else {"slug": own.slug, "title": in_language(own.title, shown.language())},
        "choices": [
            {"slug": s.slug, "title": in_language(s.title, shown.language()) or s.slug}
            for s in _series_of(request, found)
        ],
        "languages": languages_shown(
            written, _if_conflict(stored, refusal), SERIES_TEXTS, _labels(), wrong=_wrong(refusal)
        ),
        "form": {"number": number, "series_slug": form.get("series_slug", ""), "series": form.get("series")},
        "stamp": _stamp(written, stored, refusal),
        "error": None if refusal is None else error_content(refusal),
    }
    return page(request, "host/series.html", content, status=200 if refusal is None else refusal.status)


def following(request: HttpRequest, slug: str) -> HttpResponse:
    """Make the next conference from this one; its key is shown once."""
    found = required_organiser(request, slug)
    if request.method != "POST":
        return _following_page(request, found, {"number": str(editing.next_number(found) or "")}, None)
    form = request.POST.dict()
    try:
        wanted = Next(form.get("slug", ""), moment_of(form, "opens_at"), _number(form))
        made, key = editing.next_conference(slug, wanted, at=shown.now())
    except Refusal as refusal:
        return _following_page(request, found, form, refusal)
    content = {
        "conference": conference_shown(made),
        "host_url": request.build_absolute_uri(f"/host/e/{made.slug}?key={key}"),
        "page_url": request.build_absolute_uri(f"/e/{made.slug}"),
    }
    answer = page(request, "host/made.html", content)
    answer.set_cookie(
        f"host_e_{made.pk}", SIGNER.host("e", made.pk), max_age=30 * DAY, httponly=True, samesite="Lax",
        secure=request.is_secure(),
    )  # fmt: skip
    return answer


def _following_page(request: HttpRequest, found: Conference, form: Form, refusal: Refusal | None) -> HttpResponse:
    content = {
        "conference": conference_shown(found),
        "series": None if found.series is None else in_language(found.series.title, shown.language()),
        "form": form,
        "zone": settings.TIME_ZONE,
        "theirs": {"opens_at": None},
        "error": None if refusal is None else error_content(refusal),
    }
    return page(request, "host/following.html", content, status=200 if refusal is None else refusal.status)
