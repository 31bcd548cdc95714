"""Minting: a ticket or code is used up, and what the phone sent hidden is signed. Whose voice it is nobody learns.

The signing has a process of its own: eleven milliseconds of arithmetic would hold up everybody's votes.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import multiprocessing
import os
import re
import signal
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, Annotated, Final

import msgspec

from onnuri import blind
from onnuri.errors import Busy, Forbidden, NotFound, Refusal, Unprocessable
from onnuri.live.http import ENCODE, Gone, Request, answer, decoded, read, refuse
from onnuri.live.joining import use_for
from onnuri.live.limits import GUESSING

if TYPE_CHECKING:
    from collections.abc import Callable

    from onnuri.live.http import Receive, Scope, Send
    from onnuri.live.limits import Limits
    from onnuri.live.rooms import Room
    from onnuri.live.table import Table
    from onnuri.live.writer import Writer

LOG = logging.getLogger("onnuri.minting")
ADDRESS: Final = re.compile(r"/api/v1/conversations/([^/]+)/mint")
WITHIN_S: Final = 10.0
"""A signature takes milliseconds: a process that does not answer within this is replaced."""
IN_HAND: Final = 8
"""So many are with the signing process at once; the others wait here, and no time runs against them."""

Hidden = Annotated[str, msgspec.Meta(max_length=400)]


class Mint(msgspec.Struct, forbid_unknown_fields=True):
    """The body: a code or ticket, and a token hidden under the key of each channel, since the code says which it is."""

    blinded: dict[str, Hidden]
    ticket: str = ""
    seat_code: str = ""


MINT: Final = msgspec.json.Decoder(Mint)


class Minting:
    """Answers the mint address; says False for everything else."""

    def __init__(self, table: Table, writer: Writer, limits: Limits, private_key: Callable[[str, str], bytes]) -> None:
        self._table = table
        self._writer = writer
        self._limits = limits
        self._private_key = private_key
        self._pool: ProcessPoolExecutor | None = None
        self._turn = asyncio.Semaphore(IN_HAND)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> bool:
        """Answer and say True, or leave the request untouched and say False."""
        found = ADDRESS.fullmatch(scope["path"])
        if found is None or scope["method"] != "POST":
            return False
        request = Request(scope, b"")
        try:
            room = self._table.room(found[1])
            if room is None:
                raise NotFound("code_unknown")
            request = await read(scope, receive)
            request.require_own_site(form=False)
            await self._mint(room, request, send)
        except Gone:
            pass
        except Refusal as refusal:
            await refuse(send, refusal, request.language)
        except self._table.errors as problem:
            LOG.warning("not stored: %s", problem)
            await refuse(send, Busy("busy"), request.language)
        return True

    async def _mint(self, room: Room, request: Request, send: Send) -> None:
        body: Mint = decoded(MINT, request.body)
        hidden = _hidden(room, body.blinded)
        self._limits.require(GUESSING, request.device)
        digest = hashlib.sha256(b"".join(hidden[c] for c in sorted(hidden))).hexdigest()
        try:
            act = use_for(room, body.seat_code or body.ticket, digest)
            channel: str = await self._writer.do(room.id, act)
        except NotFound:
            self._limits.take(GUESSING, request.device)
            raise
        signature = await self._signed(self._private_key(room.code, channel), hidden[channel])
        content = {"ok": True, "channel": channel, "signature": blind.text_of(signature)}
        await answer(send, 200, ENCODE(content))

    async def _signed(self, pem: bytes, hidden: bytes) -> bytes:
        """By the process for it; one that died is replaced, and the same message is signed the same again."""
        loop = asyncio.get_running_loop()
        async with self._turn:
            for _attempt in range(2):
                pool = self._pool = self._pool or _new_pool()
                try:
                    return await asyncio.wait_for(loop.run_in_executor(pool, blind.sign, pem, hidden), WITHIN_S)
                except (BrokenProcessPool, TimeoutError, asyncio.CancelledError) as problem:
                    own = asyncio.current_task()
                    if isinstance(problem, asyncio.CancelledError) and own is not None and own.cancelling():
                        raise  # the phone or the server is going; else its turn went with the process
                    LOG.warning("the signing process is replaced: %s", type(problem).__name__)
                    # Others had theirs in the same process: the first of them replaces it.
                    if pool is self._pool:
                        self.stop()
        raise Busy("busy")

    def stop(self) -> None:
        """End the process."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        processes = list((pool._processes or {}).values())  # noqa: SLF001 - a stuck one is never joined otherwise
        pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.kill()


def _hidden(room: Room, blinded: dict[str, str]) -> dict[str, bytes]:
    """What the phone sent, one for each key, each a number under it; refused before a ticket is used up for rubbish."""
    if not room.voice_keys:
        raise Forbidden("no_voice_keys")
    if blinded.keys() != room.voice_keys.keys():
        raise Unprocessable("token_rubbish", field="blinded")
    hidden = {channel: blind.bytes_of(text) for channel, text in blinded.items()}
    for channel, n in room.voice_keys.items():
        blind.readable(hidden[channel], int.from_bytes(blind.bytes_of(n)))
    return hidden


def _new_pool() -> ProcessPoolExecutor:
    # Begun with the first ticket: a hall that joins openly never pays for it.
    return ProcessPoolExecutor(max_workers=1, mp_context=multiprocessing.get_context("spawn"), initializer=_begin)


def _begin() -> None:
    # Ctrl-C reaches every process of the terminal; the server ends this one in its own time.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with, args=(os.getppid(),), daemon=True).start()


def _leave_with(parent: int) -> None:
    """A server that was killed cannot stop it."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)
