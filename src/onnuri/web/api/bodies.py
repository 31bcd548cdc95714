"""The JSON bodies the site's own API takes, and reading them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from onnuri.errors import BadRequest, Forbidden
from onnuri.live.http import decoded

if TYPE_CHECKING:
    from django.http import HttpRequest

T = TypeVar("T")


class NewStatement(msgspec.Struct, forbid_unknown_fields=True):
    """A statement somebody writes."""

    text: str
    lang: str = ""


class Act(msgspec.Struct, forbid_unknown_fields=True):
    """One step of the host; publishing names addressees and due dates per line."""

    action: str
    commitments: list[Commitment] = []


class Commitment(msgspec.Struct, forbid_unknown_fields=True):
    """Who answers a line, and by when."""

    line: int
    addressee: str
    due: str


class Prepare(msgspec.Struct, forbid_unknown_fields=True):
    """What a program sets before the rules are signed."""

    grace_s: int | None = None
    attribution: str = ""
    post: str | None = None
    """Who may write: "open", "code", "ticket", or "" = whoever may vote."""
    ballot: str | None = None
    """Who may ballot, in the same words."""


class Codes(msgspec.Struct, forbid_unknown_fields=True):
    """One-time codes to make."""

    count: int
    channel: str = "online"
    origin: str = "person"


class Rehearsal(msgspec.Struct, forbid_unknown_fields=True):
    """A copy to rehearse on takes nothing but the wish."""


class Decision(msgspec.Struct, forbid_unknown_fields=True):
    """The moderator's decision."""

    decision: str
    reason: str = ""


def body_of(request: HttpRequest, kind: type[T]) -> T:
    """The request's JSON as `kind`; refused when another site sent it or it is not that."""
    if request.method != "POST":
        raise BadRequest("method")
    origin = request.headers.get("Origin")
    if origin is not None and origin.partition("://")[2] != request.get_host():
        raise Forbidden("other_site")
    if not request.headers.get("Content-Type", "").startswith("application/json"):
        raise BadRequest("not_json")
    found: T = decoded(msgspec.json.Decoder(kind), request.body)
    return found
