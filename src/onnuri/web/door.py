"""The door for pages and programs: who may stand there, and what a verdict says."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from onnuri.conference import entrance, queries
from onnuri.conference.actions import digest_of
from onnuri.errors import Forbidden
from onnuri.messages import message
from onnuri.web import shown
from onnuri.web.accounts import may
from onnuri.web.registrations import receipts, signing_key
from onnuri.web.voices import DAY, SIGNER

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from onnuri.conference.door import Seen
    from onnuri.conference.entrance import Headcount, Said, Verdict
    from onnuri.conference.models import Conference, Ticket

Content = dict[str, Any]
DOOR_DAYS: Final = 14

WORDS: Final = {
    "in": gettext_noop("들어오세요"),
    "duplicate": gettext_noop("이미 들어왔어요"),
    "undone": gettext_noop("체크인을 되돌렸어요"),
    "idle": gettext_noop("되돌릴 체크인이 없어요"),
    "waiting": gettext_noop("대기 중인 입장권"),
    "online": gettext_noop("온라인 입장권"),
    "unconfirmed": gettext_noop("확인 안 된 등록"),
    "lapsed": gettext_noop("시간이 지난 등록"),
    "revoked": gettext_noop("쓸 수 없는 입장권"),
    "unknown": gettext_noop("찾지 못했어요"),
    "forged": gettext_noop("쓸 수 없는 입장권"),
    "other": gettext_noop("다른 행사 입장권"),
    "refused": gettext_noop("받지 못했어요"),
    "unlisted": gettext_noop("목록에 없는 입장권"),
}
DETAILS: Final = {
    "duplicate": gettext_noop("{time}에 {device}에서 들어왔어요. 표가 하나인데 두 사람이라면 이름을 물어봐 주세요."),
    "waiting": gettext_noop("아직 자리가 없어요. 빈자리를 넘기면 순서대로 앉아요."),
    "online": gettext_noop("방송으로 함께하는 입장권이라 현장 자리가 없어요. 안내 데스크로 안내해 주세요."),
    "unconfirmed": gettext_noop("메일을 확인하지 않은 등록이에요. 본인이 맞으면 여기서 확인해 줄 수 있어요."),
    "lapsed": gettext_noop("맡아 둔 시간이 지났어요. 본인이 맞으면 새 순번으로 이어 줄 수 있어요."),
    "revoked": gettext_noop("내놓았거나 바뀐 입장권이에요. 이름으로 찾아 주세요."),
    "unknown": gettext_noop("코드를 한 글자씩 다시 보거나 이름으로 찾아 주세요."),
    "forged": gettext_noop("우리가 서명한 입장권이 아니에요. 이름으로 찾아 주세요."),
    "other": gettext_noop("이 행사의 입장권을 열어 달라고 해 주세요."),
    "unlisted": gettext_noop("서명은 맞지만 이 기기의 목록보다 새 표예요. 이어지면 저절로 다시 물어요."),
}


# ---- who may stand there


def door_of(conference: Conference, request: HttpRequest) -> bool:
    """Whether the request comes from the door, or from the host."""
    cookie = request.COOKIES.get(f"door_{conference.pk}")
    if conference.door_key_digest and SIGNER.is_host(_kind(conference), conference.pk, cookie):
        return True
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(bearer and _opens(conference, bearer)) or may(request, conference, "door")


def required_door(request: HttpRequest, slug: str) -> Conference:
    """The conference whose door asks, or a refusal."""
    found = queries.conference_by_slug(slug)
    if not door_of(found, request):
        raise Forbidden("door_only")
    return found


def enter_at_door(found: Conference, request: HttpRequest, go_on: Callable[[], HttpResponse]) -> HttpResponse:
    """The door's link sets its cookie once; the key then leaves the address bar."""
    key = request.GET.get("key")
    if key is None:
        if not door_of(found, request):
            raise Forbidden("door_only")
        return go_on()
    if not _opens(found, key):
        raise Forbidden("door_only")
    answer = HttpResponseRedirect(request.path)
    answer.set_cookie(
        f"door_{found.pk}",
        SIGNER.host(_kind(found), found.pk),
        max_age=DOOR_DAYS * DAY,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return answer


def _kind(conference: Conference) -> str:
    # The key's digest is signed with it: a renewed key shuts out who came by the old one.
    return f"door-{conference.door_key_digest[:16]}"


def _opens(conference: Conference, key: str) -> bool:
    return bool(conference.door_key_digest) and hmac.compare_digest(conference.door_key_digest, digest_of(key))


# ---- taking and telling


def take(slug: str, device: str, scans: list[Said]) -> tuple[list[Verdict], Headcount]:
    """Take scans by the server's clock and key."""
    return entrance.take(slug, device, scans, key=signing_key().public_key(), at=shown.now())


def verdict_shown(told: Verdict) -> Content:
    """One verdict as programs and pages tell it."""
    own = told.ticket
    return {
        "counter": told.counter,
        "verdict": told.word,
        **(ticket_shown(own) if own is not None else {"ticket": None, "name": "", "seat_number": None}),
        "position": told.position,
        "first": seen_shown(told.first),
        "clock_ahead": told.clock_ahead,
        "message": message(told.refusal) if told.word == "refused" and told.refusal is not None else "",
    }


def ticket_shown(own: Ticket) -> Content:
    """One person of a party."""
    party = own.registration
    return {
        "ticket": own.pk,
        "name": own.name or (party.name if own.part == 1 else ""),
        "party_name": party.name,
        "part": own.part,
        "seats": party.seats,
        "seat_number": own.seat_number,
        "place": party.place,
        "confirmed": party.confirmed_at is not None,
    }


def seen_shown(scan: Seen | None) -> Content | None:
    """When and where."""
    return None if scan is None else {"at": moment(scan.at), "device": scan.device}


def moment(at: datetime) -> str:
    """To the millisecond, as devices write it."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def headcount_shown(count: Headcount) -> Content:
    """The counts."""
    return {
        "present": count.present,
        "seats": count.seats,
        "missing": count.missing,
        "capacity": count.capacity,
        "waiting": count.waiting,
    }


def words() -> Content:
    """What the page says of each verdict, in the reader's language."""
    return {key: {"word": _(word), "detail": _(DETAILS[key]) if key in DETAILS else ""} for key, word in WORDS.items()}


def public_key() -> str:
    """What tickets are signed by, as 64 hexadecimal digits."""
    return receipts().public
