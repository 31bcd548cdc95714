"""The list of people as a file: brought in, after a dry run; and given out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from onnuri.conference.importing import IN_THE_HALL, TEMPLATE, Line, read_sheet
from onnuri.conference.roster import Brought, bring_in, look, rows
from onnuri.conference.sheets import LARGEST_FILE, MOST_ROWS, csv_pieces, xlsx
from onnuri.errors import Conflict, NotFound, Refusal, TooLarge, Unprocessable
from onnuri.web import shown
from onnuri.web.host.entered import desk_page, required
from onnuri.web.host.shelf import Shelf
from onnuri.web.page import error_content

if TYPE_CHECKING:
    from collections.abc import Iterable

    from onnuri.conference.models import Conference

Content = dict[str, Any]

MOST_SHOWN: Final = 300
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass
class Upload:
    """A file that was read, and what came of it."""

    name: str
    lines: tuple[Line, ...]
    unused: tuple[str, ...]
    done: Brought | None = None


UPLOADS: Final = Shelf[Upload]()


# ---- in


def bring(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of files; a file sent here is read, and nothing of it stored."""
    found = required(request, slug)
    if request.method != "POST":
        return _files_page(request, found, None)
    try:
        upload = _read(request, found)
    except Refusal as refusal:
        return _files_page(request, found, refusal)
    return redirect("host:import_one", slug, UPLOADS.put(found.pk, upload))


def _read(request: HttpRequest, found: Conference) -> Upload:
    file = request.FILES.get("file")
    if file is None or not file.name:
        raise Unprocessable("import_none", field="file")
    if (file.size or 0) > LARGEST_FILE:
        raise TooLarge("too_large", field="file", limit=LARGEST_FILE)
    sheet = read_sheet(file.read(), party_limit=found.party_limit, language=shown.language())
    return Upload(file.name, sheet.lines, sheet.unused)


def _files_page(request: HttpRequest, found: Conference, refusal: Refusal | None) -> HttpResponse:
    content = {
        "most": MOST_ROWS,
        "megabytes": LARGEST_FILE // 1024 // 1024,
        "party_limit": found.party_limit,
        "count": found.registrations.count(),
        "error": error_content(refusal) if refusal else None,
    }
    return desk_page(request, "files", "files", found, content, refusal.status if refusal else 200)


def bring_one(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """What a file would do, line by line; and, when the organiser says so, does."""
    found = required(request, slug)
    upload = UPLOADS.find(found.pk, key)
    if upload is None:
        return _files_page(request, found, Conflict("import_gone"))
    refusal = None
    if request.method == "POST" and upload.done is None:
        if request.POST.get("consent"):
            vouched = request.POST.get("vouched") != "no"
            upload.done = bring_in(slug, upload.lines, vouched=vouched, at=shown.now())
            return redirect("host:import_one", slug, key)
        refusal = Unprocessable("import_consent", field="consent")
    return desk_page(
        request, "import", "files", found, _report(found, upload, refusal), refusal.status if refusal else 200
    )


def _report(found: Conference, upload: Upload, refusal: Refusal | None) -> Content:
    looked = look(found, upload.lines)
    refused = upload.done.refused if upload.done else looked.refused
    if upload.done:
        wrong = {line.number for line, _why in refused}
        refused = (*refused, *((o, o.refusal) for o in upload.lines if o.refusal and o.number not in wrong))
    places = upload.done.places if upload.done else looked.places
    return {
        "file": upload.name,
        "unused": upload.unused,
        "lines": len(upload.lines),
        "new": upload.done.new if upload.done else len(looked.new),
        "known": upload.done.known if upload.done else len(looked.known),
        "refused": [_refused(line, why) for line, why in sorted(refused, key=lambda r: r[0].number)[:MOST_SHOWN]],
        "refused_count": len(refused),
        "places": [(_(shown.PLACE_NAMES[place]), count) for place, count in places.items()],
        "done": upload.done is not None,
        "mail_minutes": found.mail_minutes,
        "error": error_content(refusal) if refusal else None,
    }


def _refused(line: Line, why: Refusal) -> Content:
    return {"number": line.number, "name": line.name, "email": line.email, "why": error_content(why)["message"]}


def template(request: HttpRequest, slug: str, kind: str) -> HttpResponse | StreamingHttpResponse:
    """An empty file with the heads, and one line that shows how."""
    required(request, slug)
    language = shown.language() if shown.language() in TEMPLATE else "en"
    wish = IN_THE_HALL[language]
    example = (_("김하나"), "hana@example.kr", wish, "2", _("박지우"), _("휠체어 자리"), shown.language())
    return _file(kind, "onnuri-template", [list(TEMPLATE[language]), list(example)])


# ---- out

HEADS: Final = {
    "seq": gettext_noop("순서"),
    "name": gettext_noop("이름"),
    "address": gettext_noop("이메일"),
    "place": gettext_noop("자리"),
    "seat_number": gettext_noop("좌석 번호"),
    "party": gettext_noop("인원"),
    "confirmed": gettext_noop("확인"),
    "needs": gettext_noop("도움"),
    "consents": gettext_noop("동의"),
    "checked_in": gettext_noop("체크인"),
    "claimed_at": gettext_noop("등록한 때"),
    "companions": gettext_noop("동행"),
    "email": gettext_noop("이름과 이메일"),
    "sensitive": gettext_noop("도움 요청"),
    "news": gettext_noop("다음 소식"),
}


def export(request: HttpRequest, slug: str, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The whole list."""
    return _file(kind, f"{slug}-registrations", rows(required(request, slug), _say))


def _say(word: str | datetime) -> str:
    if isinstance(word, datetime):
        return timezone.localtime(word).strftime("%Y-%m-%d %H:%M:%S")
    return _(HEADS.get(word) or shown.PLACE_NAMES.get(word, word))


def _file(kind: str, name: str, table: Iterable[Any]) -> HttpResponse | StreamingHttpResponse:
    if kind == "csv":
        answer: HttpResponse | StreamingHttpResponse = StreamingHttpResponse(
            csv_pieces(table), content_type="text/csv; charset=utf-8"
        )
    elif kind == "xlsx":
        answer = HttpResponse(xlsx(table, str(settings.FOLDER.path)), content_type=XLSX)
    else:
        raise NotFound("not_found")
    answer["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    answer["Cache-Control"] = "no-store"
    return answer
