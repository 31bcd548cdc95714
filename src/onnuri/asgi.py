"""One process: the hot path on the loop, Django in a bounded pool of threads, one writer, one engine."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import re
import secrets
from datetime import UTC, datetime
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onnuri.settings")
django.setup()

from a2wsgi import WSGIMiddleware  # noqa: E402 - Django must be set up first
from django.conf import settings  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection  # noqa: E402

from onnuri import privacy  # noqa: E402
from onnuri.conference import retention  # noqa: E402
from onnuri.conference.ledger import Receipts  # noqa: E402
from onnuri.conference.sheets import LARGEST_FILE  # noqa: E402
from onnuri.conversation import interludes  # noqa: E402
from onnuri.errors import TooLarge  # noqa: E402
from onnuri.headers import closed  # noqa: E402
from onnuri.live import health, metrics  # noqa: E402
from onnuri.live.assets import Assets  # noqa: E402
from onnuri.live.books import Books  # noqa: E402
from onnuri.live.bus import Bus  # noqa: E402
from onnuri.live.cards import Cards  # noqa: E402
from onnuri.live.conductor import Conductor  # noqa: E402
from onnuri.live.counts import COUNTS, LISTENERS  # noqa: E402
from onnuri.live.desk import Desk  # noqa: E402
from onnuri.live.hot import LIVE, Hot  # noqa: E402
from onnuri.live.http import Gone, Request, read, refuse  # noqa: E402
from onnuri.live.hub import Hub  # noqa: E402
from onnuri.live.interpreter import Interpreter  # noqa: E402
from onnuri.live.limits import Limits  # noqa: E402
from onnuri.live.locks import AdvisoryLocks, Locks, OneProcess  # noqa: E402
from onnuri.live.minting import Minting  # noqa: E402
from onnuri.live.postman import Postman  # noqa: E402
from onnuri.live.room_page import RoomPage  # noqa: E402
from onnuri.live.simulation import Simulation  # noqa: E402
from onnuri.live.smtp import Post  # noqa: E402
from onnuri.live.store import PostgresStore, SqliteStore, Store  # noqa: E402
from onnuri.live.streams import Streams  # noqa: E402
from onnuri.live.table import Table  # noqa: E402
from onnuri.live.token import Signer  # noqa: E402
from onnuri.live.translators import translator_of_environment  # noqa: E402
from onnuri.live.writer import Writer  # noqa: E402
from onnuri.logs import REQUEST  # noqa: E402
from onnuri.publishing import sitting  # noqa: E402
from onnuri.web import letters, where  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

    from onnuri.live.http import Receive, Scope, Send

LOG = logging.getLogger("onnuri")
THREADS: Final = 4
LARGEST_PAGE_BODY: Final = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
IMPORT: Final = re.compile(r"/host/e/[-\w]+/import")
"""The one address that takes a file, and room for the form around it."""
LARGEST_UPLOAD: Final = LARGEST_FILE + 64 * 1024
ERASE_EVERY_S: Final = 3600


class Application:
    """The dispatcher."""

    def __init__(self) -> None:
        self._django: Any = WSGIMiddleware(_wsgi(), workers=THREADS)
        self._assets = Assets(self._pages)
        self._hot: Hot | None = None
        self._health: health.Health | None = None
        self._metrics: metrics.Metrics | None = None
        self._numbers = count(1)
        self._mark = secrets.token_hex(3)
        self._cards: Cards | None = None
        self._minting: Minting | None = None
        self._room_page: RoomPage | None = None
        self._streams: Streams | None = None
        self._books: Books | None = None
        self._desk: Desk | None = None
        self._postman: Postman | None = None
        self._conductor: Conductor | None = None
        self._simulation: Simulation | None = None
        self._interpreter: Interpreter | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        REQUEST.set(f"{self._mark}-{next(self._numbers)}")
        send = COUNTS.counted(scope, closed(scope, send))
        if await self._answered_operator(scope, send) or await self._answered_live(scope, receive, send):
            return
        left = await self._desk(scope, receive, send) if self._desk is not None else False
        if left is True:
            return
        try:
            largest = LARGEST_UPLOAD if IMPORT.fullmatch(scope["path"]) else LARGEST_PAGE_BODY
            request = left or await read(scope, receive, largest)
        except Gone:
            return
        except TooLarge as refusal:
            await refuse(send, refusal, Request(scope, b"").language)
            return
        await self._pages(*_whole(request, receive), send)

    async def _answered_operator(self, scope: Scope, send: Send) -> bool:
        """What a service manager or a collector of metrics asks; True = answered."""
        if self._health is not None and scope["path"] in health.PATHS:
            await self._health(scope, send)
        elif self._metrics is not None and scope["path"] == metrics.PATH:
            await self._metrics(scope, send)
        else:
            return False
        return True

    async def _answered_live(self, scope: Scope, receive: Receive, send: Send) -> bool:
        """The hot path; True = answered."""
        if self._hot is not None and await self._answered_hot(self._hot, scope, receive, send):
            return True
        if self._room_page is not None and (await self._room_page(scope, send) or await self._assets(scope, send)):
            return True
        if self._minting is not None and await self._minting(scope, receive, send):
            return True
        return self._cards is not None and await self._cards(scope, receive, send)

    async def _answered_hot(self, hot: Hot, scope: Scope, receive: Receive, send: Send) -> bool:
        """A stream is counted as long as it is open."""
        if (stream := LIVE.fullmatch(scope["path"])) is None:
            return await hot(scope, receive, send)
        with COUNTS.listening(stream[1], LISTENERS.get(scope["query_string"], "phone")):
            return await hot(scope, receive, send)

    async def _pages(self, scope: Scope, receive: Receive, send: Send) -> None:
        with COUNTS.page():
            await self._django(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                self.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    def _start(self) -> None:
        self._books = Books()
        self._books.start()
        limits = Limits(asyncio.get_running_loop().time)
        self._desk = Desk(self._books, Receipts(settings.FOLDER.signing_key), self._pages, limits)
        post = Post.of_environment(settings.FOLDER.address())
        self._postman = Postman(partial(letters.write, site=post.site), post.carrier(), per_minute=post.per_minute)
        self._postman.start()
        self._tasks = [asyncio.ensure_future(_erase_hourly()), asyncio.ensure_future(health.WATCH.run())]
        self._look_after()
        self._serve_live(*_store(), limits)

    def _serve_live(self, store: Store, locks: Locks, limits: Limits) -> None:
        """The hot path: what it knows, what it stores, whom it tells."""
        clock = asyncio.get_running_loop().time
        hub, signer = Hub(), Signer(settings.FOLDER.read("voices.key"))
        table, writer = Table(store, clock), Writer(store)
        table.refresh()
        writer.start()
        health.WATCH.threads |= {"writer"}
        self._streams = Streams(hub)
        self._hot = Hot(table, writer, signer, self._streams, limits)
        self._room_page = RoomPage(self._hot, self._pages, where.variants_of)
        self._cards = Cards(table, writer, signer, limits)
        self._minting = Minting(table, writer, limits, settings.FOLDER.voice_key)
        self._conductor = Conductor(table, writer, hub, _Clockwork(), locks)
        self._simulation = Simulation(table, writer, locks)
        if (translator := translator_of_environment()) is not None:
            self._interpreter = Interpreter(translator, locks)
            self._interpreter.start()
        _leave_in_peace()
        running = [self._conductor.run(), self._simulation.run(), self._streams.keep()]
        if isinstance(store, PostgresStore):
            bus = Bus(store, table)
            running += [bus.run(), bus.tell()]
        self._tasks += [asyncio.ensure_future(one) for one in running]

    def _look_after(self) -> None:
        """What the operator asks: about the threads that must live here, and about what this process holds."""
        health.WATCH.threads = frozenset({"books", "postman"})
        self._health = health.Health(settings.FOLDER.path)
        self._metrics = metrics.Metrics(
            key=os.environ.get("ONNURI_METRICS_KEY", ""),
            folder=settings.FOLDER.path,
            waiting=lambda: self._hot.writer.waiting if self._hot is not None else 0,
            rooms=lambda: list(self._hot.table.rooms.values()) if self._hot is not None else [],
            workers=THREADS,
        )

    def end_streams(self) -> None:
        """On the signal: the server waits for open streams, so they end first."""
        if self._health is not None:
            self._health.ending = True
        if self._streams is not None:
            self._streams.end()

    def stop(self) -> None:
        """Commit what is queued and end."""
        for task in self._tasks:
            task.cancel()
        if self._health is not None:
            self._health.stop()
        if self._books is not None:
            self._books.stop()
        if self._postman is not None:
            self._postman.stop()
        if self._conductor is not None:
            self._conductor.stop()
        if self._minting is not None:
            self._minting.stop()
        if self._interpreter is not None:
            self._interpreter.stop()
        if self._hot is not None:
            self._hot.writer.stop()
            self._hot.table.close()


async def _erase_hourly() -> None:
    """Names go when their time is over, without anybody who remembers it."""
    while True:
        await asyncio.to_thread(_erase_due)
        await asyncio.sleep(ERASE_EVERY_S)


def _erase_due() -> None:
    try:
        now = datetime.now(tz=UTC)
        if gone := privacy.erase_due(now):
            if gone.keys() != {"sessions"}:
                retention.compact()
            LOG.info("erased, their time is over: %s", ", ".join(f"{what} {n}" for what, n in gone.items()))
        erased = retention.erase_due(now)
        if erased:
            from onnuri.web.host.erasures import forget

            forget()
            LOG.info("names were erased, their time is over: %s", ", ".join(erased))
    except Exception:
        LOG.exception("names were not erased; tried again in an hour")
    finally:
        connection.close()


def _leave_in_peace() -> None:
    """What is loaded by now stays: the collector need not walk it again and again, a tenth of a vote's cost."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def _wsgi() -> Any:  # noqa: ANN401 - Django types its answer otherwise than WSGI does
    return get_wsgi_application()


def _whole(request: Request, receive: Receive) -> tuple[Scope, Receive]:
    """A request that was read, for WSGI, which knows no body without its length."""
    framing = (b"content-length", b"transfer-encoding")
    headers = [(name, value) for name, value in request.scope["headers"] if name not in framing]
    headers.append((b"content-length", b"%d" % len(request.body)))
    waiting = [{"type": "http.request", "body": request.body, "more_body": False}]

    async def again() -> Any:  # noqa: ANN401 - ASGI's message
        return waiting.pop() if waiting else await receive()

    return {**request.scope, "headers": headers}, again


def _store() -> tuple[Store, Locks]:
    """Where the hot path keeps its rows, and who else may be there."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        return SqliteStore(str(database["NAME"])), OneProcess()
    store = PostgresStore.of_django(database)
    return store, AdvisoryLocks(store)


class _Clockwork:
    """What the clock does to a conversation: the same actions as the host's keys."""

    def close_round(self, code: str) -> None:
        self._do(sitting.close, code=code, at=datetime.now(tz=UTC))

    def end_interlude(self, code: str) -> None:
        self._do(interludes.take_off, code=code, at=datetime.now(tz=UTC))

    def count_poll(self, code: str, number: int) -> None:
        self._do(interludes.count, code=code, number=number, at=datetime.now(tz=UTC))

    @staticmethod
    def _do(act: Callable[..., Any], **about: object) -> None:
        try:
            act(**about)
        finally:
            # The thread goes back to a pool that knows nothing of Django's connections.
            connection.close()


app = Application()
