"""Reading server-sent events."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@dataclass(frozen=True, slots=True)
class Event:
    """One event; `data` is its JSON."""

    id: str
    name: str
    data: dict[str, Any]


async def events(parts: AsyncIterator[bytes]) -> AsyncIterator[Event]:
    """The events in the chunks of a body, however they are cut. Comments and waiting times are no events."""
    kept = b""
    async for part in parts:
        *whole, kept = (kept + part).replace(b"\r\n", b"\n").split(b"\n\n")
        for written in whole:
            if (event := event_of(written.decode())) is not None:
                yield event


def event_of(written: str) -> Event | None:
    r"""One event of its lines.

    >>> event_of('id: 7\nevent: turnout\ndata: {"joined":3}')
    Event(id='7', name='turnout', data={'joined': 3})
    >>> event_of(": here") is None
    True
    """
    fields: dict[str, str] = {}
    for line in written.split("\n"):
        name, _, value = line.partition(":")
        fields[name] = fields.get(name, "") + value.removeprefix(" ")
    if "data" not in fields:
        return None
    return Event(fields.get("id", ""), fields.get("event", "message"), json.loads(fields["data"]))
