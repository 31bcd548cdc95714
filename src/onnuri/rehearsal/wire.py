"""The little of HTTP/1.1 that thousands of phones in one process need, on asyncio's streams."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

LARGEST_HEAD: Final = 64 * 1024
PARTS: Final = 2


@dataclass(frozen=True)
class Site:
    """Where the server is. `name` is what it is asked under, `tls` None for plain HTTP."""

    host: str
    port: int
    name: str
    tls: ssl.SSLContext | None

    @staticmethod
    def of(address: str) -> Site:
        """The site of `http://host:port`."""
        parts = urlsplit(address)
        secure = parts.scheme == "https"
        tls = ssl.create_default_context() if secure else None
        return Site(parts.hostname or "", parts.port or (443 if secure else 80), parts.netloc, tls)

    @property
    def origin(self) -> str:
        """As a browser says it with a form."""
        return f"{'https' if self.tls else 'http'}://{self.name}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, its header names in small letters. `size`: bytes of the whole answer on the wire."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    size: int


class Pipe:
    """One connection."""

    __slots__ = ("_reader", "_writer", "used")

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.used = False

    @staticmethod
    async def open(site: Site) -> Pipe:
        """Connect."""
        reader, writer = await asyncio.open_connection(site.host, site.port, ssl=site.tls, limit=LARGEST_HEAD)
        return Pipe(reader, writer)

    @property
    def alive(self) -> bool:
        """Whether the other side has not closed it."""
        return not (self._reader.at_eof() or self._writer.is_closing())

    def cut(self) -> None:
        """End it at once, as a lost network does."""
        self._writer.transport.abort()

    def send(self, site: Site, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Write a request."""
        lines = [f"{method} {path} HTTP/1.1", f"host: {site.name}", *(f"{k}: {v}" for k, v in headers.items())]
        if body or method == "POST":
            lines.append(f"content-length: {len(body)}")
        self._writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    async def head(self) -> tuple[int, dict[str, str], int]:
        """Status, headers and size of the head that comes next.

        Raises:
            ConnectionError: the connection ended before.
        """
        try:
            raw = await self._reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as problem:
            raise ConnectionResetError("no answer") from problem
        first, *lines = raw.decode("latin-1").split("\r\n")
        words = first.split(" ", PARTS)
        if len(words) < PARTS or not words[1].isdigit():
            raise ConnectionResetError("not HTTP")
        found: dict[str, str] = {}
        for line in lines:
            name, colon, value = line.partition(":")
            if colon:
                found[name.strip().lower()] = value.strip()
        return int(words[1]), found, len(raw)

    async def body(self, headers: Mapping[str, str]) -> bytes:
        """The whole body that belongs to a head."""
        if "chunked" in headers.get("transfer-encoding", ""):
            return b"".join([part async for part in self.chunks()])
        try:
            return await self._reader.readexactly(int(headers.get("content-length", "0")))
        except asyncio.IncompleteReadError as problem:
            raise ConnectionResetError("half an answer") from problem

    async def chunks(self) -> AsyncIterator[bytes]:
        """The chunks of a body, as they come.

        Raises:
            ConnectionError: it ended before its last chunk.
        """
        try:
            while size := int((await self._reader.readuntil(b"\r\n")).partition(b";")[0], 16):
                yield (await self._reader.readexactly(size + 2))[:-2]
            await self._reader.readuntil(b"\r\n")
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError) as problem:
            raise ConnectionResetError("the stream ended") from problem


class Lines:
    """The connections of one phone: kept while they are idle, one request on each at a time, as browsers do."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._idle: list[Pipe] = []
        self._open: set[Pipe] = set()

    async def ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """One request and its answer.

        A kept connection may have been closed by the server in this very moment: then it is asked once more on a
        fresh one, as browsers do.

        Raises:
            OSError: there was no answer.
        """
        while True:
            pipe = await self._take()
            fresh = not pipe.used
            try:
                return await self._exchange(pipe, method, path, body, headers)
            except ConnectionError:
                if fresh:
                    raise

    @asynccontextmanager
    async def stream(self, path: str, headers: Mapping[str, str]) -> AsyncIterator[tuple[int, AsyncIterator[bytes]]]:
        """Status and chunks of a body without end, on a connection of its own."""
        pipe = await self._fresh()
        try:
            pipe.send(self._site, "GET", path, b"", headers)
            status, _, _ = await pipe.head()
            yield status, pipe.chunks()
        finally:
            self._drop(pipe)

    def cut(self) -> None:
        """All connections are lost."""
        for pipe in list(self._open):
            self._drop(pipe)

    async def _take(self) -> Pipe:
        while self._idle:
            pipe = self._idle.pop()
            if pipe.alive:
                pipe.used = True
                return pipe
            self._drop(pipe)
        return await self._fresh()

    async def _fresh(self) -> Pipe:
        pipe = await Pipe.open(self._site)
        self._open.add(pipe)
        return pipe

    async def _exchange(self, pipe: Pipe, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        try:
            pipe.send(self._site, method, path, body, headers)
            status, found, size = await pipe.head()
            content = await pipe.body(found)
        except BaseException:
            self._drop(pipe)
            raise
        if found.get("connection") == "close":
            self._drop(pipe)
        else:
            self._idle.append(pipe)
        return Answer(status, found, content, size + len(content))

    def _drop(self, pipe: Pipe) -> None:
        self._open.discard(pipe)
        with suppress(ValueError):
            self._idle.remove(pipe)
        pipe.cut()
