"""The door's page: works as plain forms, and offline where the browser has what that needs."""

from __future__ import annotations

import json
import secrets
import zlib
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from onnuri.conference import entrance, queries
from onnuri.conference.door import IN, matches
from onnuri.conference.entrance import LARGEST_COUNTER, Said
from onnuri.conference.models import Conference, Ticket
from onnuri.conversation.replacing import replace_voice
from onnuri.errors import BadRequest, Forbidden, Refusal, Unprocessable
from onnuri.web import assets, door, shown
from onnuri.web.occasion import conference_shown
from onnuri.web.page import error_content, number_in, page
from onnuri.web.qr import qr
from onnuri.web.voices import host_of

Content = dict[str, Any]
MOST_FOUND: Final = 20
MOST_WAITING: Final = 8
NEEDED_OFFLINE: Final = (
    "js/door-decoder.js",
    "vendor/barcode-detector/ponyfill.js",
    "vendor/barcode-detector/zxing-exported.js",
    "vendor/zxing-wasm/zxing_reader.wasm",
    "vendor/noble-ed25519/index.js",
    "vendor/noble-hashes/sha2.js",
    "vendor/noble-hashes/_md.js",
    "vendor/noble-hashes/_u64.js",
    "vendor/noble-hashes/utils.js",
    "icon.svg",
)


# ---- the page


def desk(request: HttpRequest, slug: str) -> HttpResponse:
    """Check people in. A form of it is a scan, a search, or an act on a ticket that was found."""
    found = queries.conference_by_slug(slug)
    if request.method != "POST":
        return door.enter_at_door(found, request, lambda: _page(request, found))
    door.required_door(request, slug)
    try:
        return _page(request, found, **_acted(request, found))
    except Refusal as refusal:
        return _page(request, found, status=refusal.status, error=error_content(refusal))


def _acted(request: HttpRequest, found: Conference) -> Content:
    form = request.POST
    asked, ticket = form.get("q", "").strip(), number_in(form.get("ticket", ""))
    if ticket is not None:
        return _of_ticket(found, ticket, form.get("act", ""), form.get("mark", ""))
    if not asked:
        raise Unprocessable("search_blank", field="q")
    code = "".join(c for c in asked.upper() if c.isalnum())
    if "." in asked or Ticket.objects.filter(code=code).exists():
        return {"verdict": _taken(found, form.get("mark", ""), code=asked), "asked": ""}
    return {"results": _search(found, asked), "asked": asked}


def _of_ticket(found: Conference, ticket: int, act: str, mark: str) -> Content:
    match act:
        case "in" | "undo":
            return {"verdict": _taken(found, mark, ticket=ticket, act=act)}
        case "vouch":
            return {"verdict": _taken(found, mark, ticket=ticket, vouch=True)}
        case "voice":
            code, conversation, count = replace_voice(found.slug, ticket)
            return {"voice": {"code": code, "room": conversation.code, "count": count}}
        case _:
            raise BadRequest("method")


def _taken(found: Conference, mark: str, **about: Any) -> Content:  # noqa: ANN401 - of a scan
    # Each page is a device of its own, and what a form says its counter: sent twice it is the same scan.
    counter = zlib.crc32(repr(sorted(about.items())).encode()) % LARGEST_COUNTER + 1
    device = "desk " + ("".join(c for c in mark if c.isalnum() and c.isascii())[:8] or secrets.token_hex(4))
    before = found.scans.filter(device=device, counter=counter).first()
    said = Said(counter, about.pop("act", IN), before.at if before else shown.now(), **about)
    (told,), _count = door.take(found.slug, device, [said])
    return {**door.verdict_shown(told), "detail": _detail(told.word, told.first)}


def _detail(word: str, first: Any) -> str:  # noqa: ANN401 - a scan, if there was one
    text = _(door.DETAILS[word]) if word in door.DETAILS else ""
    if first is None:
        return text if "{" not in text else ""
    return text.replace("{time}", shown.clock_text(first.at)).replace("{device}", first.device)


def _search(found: Conference, asked: str) -> list[Content]:
    own = found.tickets.exclude(registration__place="given_up").select_related("registration__conference")
    begins = asked.upper()
    near = [
        t
        for t in own.order_by("registration__seq", "part")
        if matches(asked, t.name or t.registration.name) or (len(begins) >= 3 and (t.code or "").startswith(begins))  # noqa: PLR2004
    ]
    came = entrance.present(found)
    return [
        {**door.ticket_shown(t), "in": t.pk in came, "place_name": _(shown.PLACE_NAMES[t.registration.place])}
        for t in near[:MOST_FOUND]
    ]


def _page(request: HttpRequest, found: Conference, *, status: int = 200, **about: Any) -> HttpResponse:  # noqa: ANN401 - content
    count = entrance.headcount_of(found)
    release = entrance.releases_at(found)
    content = {
        "conference": conference_shown(found),
        "headcount": door.headcount_shown(count),
        "words": door.words(),
        "verdict": None,
        "results": None,
        "asked": "",
        "waiting": _waiting(found),
        "twice": _twice(found),
        "mark": secrets.token_hex(12),
        "walk_key": secrets.token_urlsafe(18),
        "parties": range(1, found.party_limit + 1),
        "release_text": shown.time_text(release),
        "may_release": release is None or shown.now() >= release,
        "is_host": host_of("e", found, request),
        "error": None,
        **about,
    }
    if (verdict := content["verdict"]) is not None:
        content["verdict_word"] = _(door.WORDS[verdict["verdict"]])
    return page(request, "host/door.html", content, status=status)


def _waiting(found: Conference) -> list[Content]:
    line = found.registrations.filter(place="waiting").order_by("rank")[:MOST_WAITING]
    return [
        {"ticket": r.first.pk, "name": r.name, "seats": r.seats}
        for r in line.select_related("conference").prefetch_related("tickets")
    ]


def _twice(found: Conference) -> list[Content]:
    twice = entrance.twice_in(found)
    own = Ticket.objects.filter(pk__in=twice).select_related("registration__conference")
    return [
        {
            **door.ticket_shown(t),
            "scans": [{"time": shown.clock_text(s.at), "device": s.device} for s in twice[t.pk]],
        }
        for t in own
    ]


# ---- who comes without a ticket, and seats nobody claimed


@require_POST
def walk_in(request: HttpRequest, slug: str) -> HttpResponse:
    """Somebody without a ticket: a name is enough."""
    found = door.required_door(request, slug)
    form = request.POST
    try:
        came = entrance.walk_in(
            slug,
            name=form.get("name", ""),
            seats=number_in(form.get("seats", "1")) or 0,
            key=form.get("key", ""),
            language=shown.language(),
            at=shown.now(),
        )
    except Refusal as refusal:
        about = {"walk_name": form.get("name", "")}
        return _page(request, found, status=refusal.status, error=error_content(refusal), **about)
    own = came.registration
    walked = {
        "name": own.name,
        "place": own.place,
        "position": came.position,
        "tickets": [{"code": t.code, "seat_number": t.seat_number} for t in came.tickets],
    }
    return _page(request, found, walked=walked)


def release(request: HttpRequest, slug: str) -> HttpResponse:
    """Who has not come, and handing their seats on."""
    found = door.required_door(request, slug)
    if request.method != "POST":
        return _release_page(request, found)
    try:
        count = entrance.release(slug, who=request.POST.get("who", ""), at=shown.now())
    except Refusal as refusal:
        return _release_page(request, found, status=refusal.status, error=error_content(refusal))
    return _release_page(request, found, released=count)


def _release_page(request: HttpRequest, found: Conference, *, status: int = 200, **about: Any) -> HttpResponse:  # noqa: ANN401 - content
    absent = entrance.release_preview(found)
    content = {
        "conference": conference_shown(found),
        "absent": [{"seq": p.seq, "name": p.name, "seats": p.seats} for p in absent.parties],
        "seats": absent.seats,
        "waiting": absent.waiting,
        "opens_text": shown.time_text(absent.opens_at),
        "may_release": absent.opens_at is None or shown.now() >= absent.opens_at,
        "released": None,
        "error": None,
        **about,
    }
    return page(request, "host/door_release.html", content, status=status)


# ---- the door's key


@require_POST
def key(request: HttpRequest, slug: str) -> HttpResponse:
    """Make or renew the door's link; it is shown this once."""
    found = queries.conference_by_slug(slug)
    if not host_of("e", found, request):
        raise Forbidden("host_only")
    made = entrance.renew_door_key(slug)
    link = request.build_absolute_uri(f"/door/e/{slug}?key={made}")
    return page(request, "host/door_key.html", {"conference": conference_shown(found), "link": link, "qr": qr(link)})


# ---- scripts with rights of their own


@require_GET
def decoder(_request: HttpRequest) -> HttpResponse:
    """The worker that reads pictures: it alone may compile WebAssembly, and may do little else."""
    answer = _script("door-decoder")
    answer["Content-Security-Policy"] = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
    return answer


@require_GET
def service(_request: HttpRequest) -> HttpResponse:
    """The service worker of the door: its address keeps it to the door."""
    files = [static(name) for name in NEEDED_OFFLINE] + ["/door/decoder.js"]
    files += [static(f"js/{name}.js") for name in assets.imports("door")]
    files += [f"{static('js/door.js')}?v={assets.script_digest('door')}"]
    files += [f"{static('css/bundle/host.css')}?v={assets.bundle_digest('host')}"]
    head = f"const FILES = {json.dumps(files)};\nconst VERSION = {json.dumps(assets.short_digest(' '.join(files)))};\n"
    return _script("door-service", head)


def _script(name: str, head: str = "") -> HttpResponse:
    answer = HttpResponse(head + assets.script_text(name), content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    return answer
