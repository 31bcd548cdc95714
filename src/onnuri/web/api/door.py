"""The door's JSON: the list a device keeps, and what devices scanned."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from onnuri.conference import entrance
from onnuri.conference.door import IN
from onnuri.conference.entrance import COLUMNS, Said
from onnuri.conference.models import Conference, Scan
from onnuri.errors import BadRequest
from onnuri.web import door, shown
from onnuri.web.api.bodies import body_of
from onnuri.web.page import number_in

FORGET_AFTER: Final = timedelta(days=1)
"""A device keeps the names until a day after the end."""


class ScanSaid(msgspec.Struct, forbid_unknown_fields=True):
    """One act at the door: of a code that was scanned or typed, or of a ticket picked by name."""

    counter: int
    at: datetime
    act: str = IN
    code: str = ""
    ticket: int | None = None
    vouch: bool = False


class CheckIns(msgspec.Struct, forbid_unknown_fields=True):
    """What one device scanned."""

    device: str
    scans: list[ScanSaid]


@csrf_exempt
def check_ins(request: HttpRequest, slug: str) -> HttpResponse:
    """Take scans, each once; per scan its verdict, and the headcount."""
    found = door.required_door(request, slug)
    body = body_of(request, CheckIns)
    scans = [_said(one) for one in body.scans]
    verdicts, count = door.take(found.slug, body.device, scans)
    return JsonResponse(
        {
            "ok": True,
            "scans": [door.verdict_shown(told) for told in verdicts],
            "headcount": door.headcount_shown(count),
            "server_time": door.moment(shown.now()),
        }
    )


def _said(one: ScanSaid) -> Said:
    if bool(one.code.strip()) == (one.ticket is not None):
        raise BadRequest("scan_ticket", field="code")
    return Said(one.counter, one.act, one.at, one.code, one.ticket, one.vouch)


def door_list(request: HttpRequest, slug: str) -> HttpResponse:
    """What a device keeps to open the door without a network.

    ?version= : the list it has; an unchanged list is not sent again. ?after= : the last scan it has.
    """
    found = door.required_door(request, slug)
    if request.method != "GET":
        raise BadRequest("method")
    version = entrance.list_version(found)
    known = request.GET.get("version") == version
    after = number_in(request.GET.get("after", "0"), most=2**62) or 0
    answer = {
        "ok": True,
        "conference": _conference(found),
        "public_key": door.public_key(),
        "server_time": door.moment(shown.now()),
        "version": version,
        "columns": COLUMNS,
        "tickets": None if known else entrance.ticket_rows(found),
        "scans": [_scan(one) for one in entrance.scans_after(found, after)],
        "headcount": door.headcount_shown(entrance.headcount_of(found)),
    }
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})


def _conference(found: Conference) -> dict[str, Any]:
    release = entrance.releases_at(found)
    return {
        "slug": found.slug,
        "capacity": found.capacity + found.beyond,
        "starts_at": door.moment(found.starts_at) if found.starts_at else None,
        "releases_at": door.moment(release) if release else None,
        "released": found.released_at is not None,
        "forget_at": door.moment(found.ends_at + FORGET_AFTER) if found.ends_at else None,
    }


def _scan(one: Scan) -> list[Any]:
    return [one.pk, one.ticket_id, one.act, door.moment(one.at), one.device, one.counter]
