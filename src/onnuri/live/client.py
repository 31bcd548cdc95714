"""The client side of the HTTP API: kept connections, patience with a busy server, and the host's keys."""

from __future__ import annotations

import json
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

from onnuri.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Job = Callable[["Client"], None]
    Say = Callable[[str], None]

CONNECTIONS: Final = 16
TIMEOUT_S: Final = 120
PATIENCE_S: Final = 60.0
FIRST_PATIENCE_S: Final = 1.0
"""Before its first answer a server is more likely not there than busy."""
FIRST_PAUSE_S: Final = 0.1
LONGEST_PAUSE_S: Final = 5.0
TRUSTED_IDLE_S: Final = 3.0
"""The server closes a connection that is silent for 5 s; one it is about to close is not used again."""
ASK_AGAIN: Final = frozenset({429, 502, 503, 504})

EVERY_S: Final = 2.0
GRACE_S: Final = 2
WAITING_EVERY_S: Final = 10.0
LOOK_S: Final = 0.1
LONGEST_WAIT_S: Final = 3600
CODES_AT_ONCE: Final = 1000
REFUSED_LINK: Final = {
    "host_only": "the key is not that of this conversation",
    "code_unknown": "there is no such conversation",
}
LINK: Final = re.compile(r"/host/c/([^/]+)/?")


class Refused(BadInput):
    """The server said no; `key` is the error's name, empty when the answer is not in the error shape."""

    def __init__(self, where: str, status: int, key: str, message: str) -> None:
        super().__init__(where, f"{status} {key}: {message}" if key else f"the server answered {status}")
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

    def delete(self, path: str, **headers: str) -> Answer:
        """Remove."""
        return self._ask("DELETE", path, None, headers)

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


class Progress:
    """Says how far it is and how fast, at most every two seconds; any thread may add."""

    def __init__(self, say: Say, what: str, total: int) -> None:
        self._say = say
        self._what = what
        self._total = total
        self._done = 0
        self._lock = threading.Lock()
        self._begun = self._told = time.monotonic()

    def add(self, count: int) -> None:
        """So many more are done."""
        with self._lock:
            self._done += count
            now = time.monotonic()
            if now - self._told < EVERY_S:
                return
            self._told = now
        self._tell(now)

    def end(self) -> float:
        """Say the last line; the answer is the seconds it took."""
        now = time.monotonic()
        self._tell(now)
        return now - self._begun

    def _tell(self, now: float) -> None:
        rate = self._done / max(now - self._begun, 1e-3)
        self._say(f"{self._what}: {self._done:,} of {self._total:,}, {rate:,.0f}/s")


class Host:
    """The host's keys of one conversation."""

    def __init__(self, address: str, code: str, key: str) -> None:
        self.address = address
        self.link = f"{address}/host/c/{code}"  # without the key: it is shown
        self.api = f"/api/v1/conversations/{code}"
        self.client = Client(address, patience_s=FIRST_PATIENCE_S)
        self._own = f"/api/v1/host/conversations/{code}"
        self._code = code
        self._bearer = f"Bearer {key}"

    @staticmethod
    def of_link(url: str) -> Host:
        """Read the secret link."""
        try:
            parts = urlsplit(url)
            found, key, _ = LINK.fullmatch(parts.path), parse_qs(parts.query).get("key"), parts.port
        except ValueError:  # such as a port that is no number
            found, key = None, None
        if found is None or not key or parts.scheme not in {"http", "https"} or not parts.hostname:
            raise BadInput("HOST_LINK", "not a host's link: http://host:port/host/c/CODE?key=KEY")
        return Host(f"{parts.scheme}://{parts.netloc}", found[1].upper(), key[0].strip())

    def require_fresh(self) -> None:
        """Refuse a link that opens nothing and a conversation in which somebody has voted."""
        try:
            state = self.state()
        except Refused as refused:
            if refused.key not in REFUSED_LINK:
                raise
            raise BadInput(self.link, REFUSED_LINK[refused.key]) from refused
        if state["segment"] not in {"lobby", "round"} or state["landscape"] or state["turnout"]["answered"]:
            raise BadInput(self.link, "somebody has voted here; make a conversation with `onnuri conversation new`")
        self.client.patience_s = PATIENCE_S

    @property
    def code(self) -> str:
        """The conversation's."""
        return self._code

    def rehearsal(self) -> tuple[Host, str]:
        """Make a copy to rehearse on: its host, and its secret link."""
        made = self.client.post(f"{self.api}/rehearsals", {}, authorization=self._bearer).document
        copy = Host(self.address, made["code"], made["key"])
        copy.client.patience_s = PATIENCE_S  # the server is there: what comes later is worth waiting for
        return copy, self.address + made["host"]

    def remove(self) -> None:
        """Delete it; only a rehearsal can be deleted."""
        self.client.delete(self._own, authorization=self._bearer)

    def prepare(self, attribution: str, *, say: Say, grace_s: int = GRACE_S) -> None:
        """Before the rules are signed: print the data's attribution with it, and let ballots close soon.

        The ballots of a replay arrive at once, so nobody waits out a hall's grace for them.
        """
        if self.state()["segment"] != "lobby":
            return
        body = {"attribution": attribution, "grace_s": grace_s}
        self.client.post(f"{self._own}/prepare", body, authorization=self._bearer)
        say(f"rules: a grace of {grace_s} s for ballots, signed at opening")

    def state(self) -> dict[str, Any]:
        """Where the sitting stands."""
        return self.client.get(self._own, authorization=self._bearer).document

    def segment(self) -> str:
        """Which segment it is in. From the public list: the whole state counts every answer, too much to ask often."""
        listed = self.client.get("/api/v1/conversations").document["conversations"]
        found = next((c["state"] for c in listed if c["code"] == self._code), None)
        return str(found or self.state()["segment"])

    def act(self, action: str, **more: object) -> None:
        """Press one key."""
        self.client.post(f"{self._own}/act", {"action": action, **more}, authorization=self._bearer)

    def codes(self, count: int, channel: str, origin: str = "imported") -> list[str]:
        """Mint one-time codes of imported or simulated voices."""
        found: list[str] = []
        while (missing := count - len(found)) > 0:
            body = {"count": min(missing, CODES_AT_ONCE), "channel": channel, "origin": origin}
            made = self.client.post(f"{self._own}/codes", body, authorization=self._bearer)
            found.extend(made.document["codes"])
        return found

    def landscape(self) -> dict[str, Any]:
        """As of the last close, as everybody may read it."""
        found: dict[str, Any] = self.client.get(f"{self.api}/landscape").document["landscape"]
        return found

    def record(self) -> bytes:
        """The sealed files."""
        return self.client.get(f"/r/{self._code}/record.zip").content

    def wait(self, *segments: str, say: Say) -> str:
        """Until the sitting is in one of the segments; the answer is which."""
        begun = told = time.monotonic()
        while (segment := self.segment()) not in segments:
            now = time.monotonic()
            if now - begun > LONGEST_WAIT_S:
                raise BadInput(self.link, f"still no {segments[0]} after {LONGEST_WAIT_S} s; see the server's log")
            if now - told > WAITING_EVERY_S:
                told = now
                say(f"waiting for the {segments[0]}, {now - begun:.0f} s (late answers have their grace first)")
            time.sleep(LOOK_S)
        return segment
