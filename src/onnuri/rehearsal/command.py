"""A rehearsal as one command: make the copy, play on it, delete it."""

from __future__ import annotations

import asyncio
from contextlib import closing
from typing import TYPE_CHECKING, Any

from onnuri.errors import BadInput
from onnuri.live.client import REFUSED_LINK, Host, Refused
from onnuri.rehearsal.sitting import rehearse

if TYPE_CHECKING:
    from onnuri.rehearsal.plan import Plan
    from onnuri.rehearsal.sitting import Say


def rehearse_on_copy(plan: Plan, link: str, *, keep: bool, say: Say) -> dict[str, Any]:
    """Rehearse the conversation of a host's link; its own log is only read, to copy question, rules and seeds.

    Args:
        plan: who comes and what goes wrong.
        link: the host's link of the real conversation.
        keep: whether the copy stays.
        say: told what happens.

    Raises:
        BadInput: the link opens nothing, the server stops answering or refuses.
    """
    host = Host.of_link(link)
    with closing(host.client):
        copy, copied_link = _copied(host)
    say(f"a copy to rehearse on: {copy.code}, everybody on it is simulated")
    say(f"its host's link, should this be cut off: {copied_link}" if not keep else f"its host's link: {copied_link}")
    with closing(copy.client):
        try:
            return _run(plan, copy, say)
        finally:
            if not keep:
                _remove(copy, say)


def _copied(host: Host) -> tuple[Host, str]:
    try:
        return host.rehearsal()
    except Refused as refused:
        if refused.key not in REFUSED_LINK:
            raise
        raise BadInput(host.link, REFUSED_LINK[refused.key]) from refused


def _remove(copy: Host, say: Say) -> None:
    """What went wrong before matters more than a copy that stays: it is told, and can be deleted by its link."""
    try:
        copy.remove()
    except BadInput as problem:
        say(f"the copy {copy.code} is NOT deleted: {problem}")
    else:
        say(f"the copy {copy.code} is deleted")


def _run(plan: Plan, copy: Host, say: Say) -> dict[str, Any]:
    try:
        import uvloop  # noqa: PLC0415 - twice the phones on one core, where it is installed
    except ImportError:
        return asyncio.run(rehearse(plan, copy, say))
    return uvloop.run(rehearse(plan, copy, say))
