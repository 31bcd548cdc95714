"""A client of the HTTP API: kept connections, patience with a busy server, one clear line when it will not do."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from onnuri.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Job = Callable[["Client"], None]

CONNECTIONS: Final = 16
TIMEOUT_S: Final = 120
PATIENCE_S: Final = 60.0
FIRST_PAUSE_S: Final = 0.1
LONGEST_PAUSE_S: Final = 5.0
TRUSTED_IDLE_S: Final = 3.0
"""The server closes a connection that is silent for 5 s; one it is about to close is not used again."""
ASK_AGAIN: Final = frozenset({429, 502, 503, 504})


class Refused(BadInput):
    """The server said no; `key` is the error's name, empty when the answer is not in the error shape."""

    def __init__(self, where: str, status: int, key: str, message: str) -> None:
        super().__init__(where, f"{status} {key}: {message}" if key else f"the server answered {status}")
        self.status = status
        self.key = key


@dataclass(frozen=True)
class Answer:
    """What the server sent with success."""

    where: str
    cookie: str
    content: bytes

    @property
    def document(self) -> dict[str, Any]:
        """The content as a JSON object.

        Raises:
            BadInput: it is none: there is something else at this address.
        """
        found = _object(self.content)
        if found is None:
            raise BadInput(self.where, "does not answer as Onnuri does")
        return found


class Client:
    """One kept connection; for one thread at a time.

    A request that was not answered, or was told that the server is busy, is sent again for `patience_s` seconds. So
    it may reach the server twice: votes and ballots may, other acts must bear it.
    """

    def __init__(self, address: str, *, patience_s: float = PATIENCE_S) -> None:
        self.address = address
        self.patience_s = patience_s
        parts = urlsplit(address)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._connection = kind(parts.netloc, timeout=TIMEOUT_S)
        self._used = 0.0

    def get(self, path: str, **headers: str) -> Answer:
        """Read; a header is named with _ for -."""
        return self._ask("GET", path, None, headers)

    def post(self, path: str, body: Mapping[str, Any], **headers: str) -> Answer:
        """Send JSON."""
        return self._ask("POST", path, json.dumps(body).encode(), {"content_type": "application/json", **headers})

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        """Send until it is answered.

        Raises:
            Refused: with the server's reason.
            BadInput: no answer in time.
        """
        sent = {"accept-language": "en", **{name.replace("_", "-"): value for name, value in headers.items()}}
        until, pause = time.monotonic() + self.patience_s, FIRST_PAUSE_S
        while True:
            try:
                status, cookie, content = self._exchange(method, path, body, sent)
            except (OSError, HTTPException) as failure:
                self._connection.close()
                problem = getattr(failure, "strerror", None) or str(failure) or type(failure).__name__
            else:
                if status not in ASK_AGAIN:
                    return _answer(self.address + path, status, cookie, content)
                problem = f"it answers {status}"
            if time.monotonic() + pause > until:
                raise BadInput(self.address, f"the server cannot be reached ({problem})")
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)

    def _exchange(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, str, bytes]:
        if time.monotonic() - self._used > TRUSTED_IDLE_S:
            self._connection.close()
        self._connection.request(method, path, body, dict(headers))
        got = self._connection.getresponse()
        content = got.read()
        self._used = time.monotonic()
        return got.status, got.headers.get("set-cookie", "").partition(";")[0], content


def _answer(where: str, status: int, cookie: str, content: bytes) -> Answer:
    if 200 <= status < 300:  # noqa: PLR2004 - success, in HTTP
        return Answer(where, cookie, content)
    error = (_object(content) or {}).get("error")
    told = error if isinstance(error, dict) else {}
    raise Refused(where, status, str(told.get("key", "")), str(told.get("message", "")))


def _object(content: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(content)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


class Crowd:
    """Many voices over a few connections: what one voice does stays in its order."""

    def __init__(self, address: str, connections: int = CONNECTIONS) -> None:
        self._clients = [Client(address) for _ in range(connections)]

    def run(self, jobs: Iterable[tuple[int, Job]]) -> None:
        """Do jobs of (voice, job); the first failure stops the others and is raised."""
        shards: list[list[Job]] = [[] for _ in self._clients]
        for voice, job in jobs:
            shards[voice % len(shards)].append(job)
        stop = threading.Event()
        with ThreadPoolExecutor(len(shards)) as pool:
            working = [pool.submit(_work, c, s, stop) for c, s in zip(self._clients, shards, strict=True)]
            try:
                for done in as_completed(working):
                    done.result()
            finally:
                stop.set()

    def close(self) -> None:
        """End the connections."""
        for client in self._clients:
            client.close()


def _work(client: Client, jobs: Iterable[Job], stop: threading.Event) -> None:
    for job in jobs:
        if stop.is_set():
            return
        job(client)
