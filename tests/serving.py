"""A real server in a process and a folder of its own, and a small client: for tests that look from outside.

For example::

    with Server(tmp_path) as server:
        room = server.conversation(seeds=["첫째", "둘째"], begin=True)
        phone = server.client()
        phone.post(f"/api/v1/conversations/{room.code}/join", {})
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Body = bytes | Iterator[bytes] | None

ROOT = Path(__file__).parents[1]
READY = "onnuri is ready"
START_WITHIN_S = 60
STOP_WITHIN_S = 10


@dataclass(frozen=True)
class Room:
    """A conversation, with the key of its host."""

    code: str
    key: str


class Server:
    """`python -m onnuri serve` on a free port, with `folder` as its data; a context manager.

    `start`, `stop`, `kill` and `restart` may be called within it; at its end nothing of the process is left.
    """

    def __init__(self, folder: Path, *options: str, environment: Mapping[str, str] | None = None) -> None:
        self.folder = folder / "data"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log_file = folder / "server.log"
        self._options = options or ("--no-sample",)
        self._environment = {k: v for k, v in os.environ.items() if k not in DECIDED_HERE} | {
            "ONNURI_DATA": str(self.folder),
            "PYTHONPATH": str(ROOT / "src"),
            **(environment or {}),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start it."""
        try:
            self.start()
        except BaseException:
            self._clear_away()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Leave nothing behind."""
        self._clear_away()

    @property
    def pid(self) -> int:
        """The server's own process."""
        assert self._process is not None, "not started"
        return self._process.pid

    @property
    def database(self) -> Path:
        """The SQLite file, to look into."""
        return self.folder / "onnuri.sqlite3"

    @property
    def log(self) -> str:
        """What the server has printed, of all its starts."""
        return self.log_file.read_text("utf-8", errors="replace") if self.log_file.exists() else ""

    def start(self) -> None:
        """Start and wait until it says that it is ready."""
        before = self.log.count(READY)
        with self.log_file.open("ab") as log:
            # A session of its own, so that the engine's process can be ended with it.
            self._process = subprocess.Popen(
                self._command("serve", *self._options, "--port", str(self.port)),
                env=self._environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        until = time.monotonic() + START_WITHIN_S
        while self.log.count(READY) == before:
            assert self._process.poll() is None, f"the server ended:\n{self.log[-4000:]}"
            assert time.monotonic() < until, f"the server is not ready:\n{self.log[-4000:]}"
            time.sleep(0.02)

    def stop(self) -> float:
        """SIGTERM, as a service manager does; the answer is how many seconds it took."""
        assert self._process is not None, "not started"
        begun = time.monotonic()
        self._process.terminate()
        self._process.wait(STOP_WITHIN_S)
        return time.monotonic() - begun

    def kill(self) -> None:
        """SIGKILL, as a power cut does."""
        assert self._process is not None, "not started"
        self._process.kill()
        self._process.wait()

    def restart(self) -> None:
        """Start again on the same folder and port, after `stop` or `kill`, or instead of them."""
        if self._process is not None and self._process.poll() is None:
            self.stop()
        self.start()

    def run_cli(self, *arguments: str) -> Any:
        """`python -m onnuri …` beside the server; the JSON it prints."""
        done = subprocess.run(
            self._command(*arguments),
            env=self._environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, f"onnuri {' '.join(arguments)}: {done.returncode}\n{done.stderr}"
        return json.loads(done.stdout)

    def conversation(
        self,
        question: str = "무엇부터 할까요?",
        *,
        seeds: Sequence[str] | None = None,
        begin: bool = False,
        policy: str = "open",
        conference: str | None = None,
    ) -> Room:
        """A new conversation; `seeds` None = the template's, `begin` opens the first round."""
        options = ["--question", question, "--policy", policy]
        if seeds is not None:
            file = self.folder / "seeds.txt"
            file.write_text("\n".join(seeds), "utf-8")
            options += ["--seeds", str(file)]
        if conference is not None:
            options += ["--conference", conference]
        if begin:
            options.append("--open")
        made = self.run_cli("conversation", "new", *options)
        return Room(made["code"], parse_qs(urlsplit(made["host"]).query)["key"][0])

    def client(self, **headers: str) -> Client:
        """Somebody's phone: cookies of its own; `headers` (accept_language="en") go with every request."""
        return Client(self.url, {name.replace("_", "-"): value for name, value in headers.items()})

    def host(self, room: Room) -> Client:
        """The host's program of a conversation."""
        return self.client(authorization=f"Bearer {room.key}")

    def act(self, room: Room, action: str, **content: Any) -> Answer:
        """One key of the host."""
        return self.host(room).post(f"/api/v1/host/conversations/{room.code}/act", {"action": action, **content})

    def until(self, room: Room, segment: str, *, within: float = 30) -> None:
        """Wait for a moment of the sitting."""
        give_up = time.monotonic() + within
        while (now := self.client().get(f"/c/{room.code}/state.json").json["segment"]) != segment:
            assert time.monotonic() < give_up, f"still {now}, not {segment}:\n{self.log[-4000:]}"
            time.sleep(0.05)

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "onnuri", *arguments]

    def _clear_away(self) -> None:
        if self._process is None:
            return
        # The group is its session's alone: the server and the engine it started.
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


DECIDED_HERE = {"ONNURI_DATA", "ONNURI_PORT", "DATABASE_URL", "DJANGO_SETTINGS_MODULE", "PYTHONPATH"}


def free_port() -> int:
    """A port nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Answer:
    """What came back; redirects are not followed."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def location(self) -> str:
        """Where a redirect leads."""
        return self.headers["location"]


@dataclass(frozen=True)
class Event:
    """One server-sent event."""

    name: str
    data: Any


class Client:
    """Keeps cookies, opens a connection per request."""

    def __init__(self, url: str, headers: Mapping[str, str] | None = None) -> None:
        self.url = url
        self.netloc = urlsplit(url).netloc
        self.headers = dict(headers or {})
        self.cookies: dict[str, str] = {}

    def get(self, path: str, **headers: str) -> Answer:
        """GET."""
        return self.send("GET", path, None, headers)

    def delete(self, path: str, **headers: str) -> Answer:
        """DELETE, as a program on the same site does it."""
        return self.send("DELETE", path, None, headers)

    def post(self, path: str, content: Any, **headers: str) -> Answer:
        """POST as JSON; `content` bytes go as they are. A header is named with _ for -."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        return self.send("POST", path, body, {"content_type": "application/json", **headers})

    def form(self, path: str, fields: Mapping[str, Any], **headers: str) -> Answer:
        """POST as a page's form does it."""
        own = {"content_type": "application/x-www-form-urlencoded", "origin": self.url}
        return self.send("POST", path, urlencode(fields).encode(), {**own, **headers})

    def submit(self, page: str, fields: Mapping[str, Any]) -> Answer:
        """Open one of the site's pages and send its form back."""
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(page).text)
        assert token is not None, f"{page} has no form"
        return self.form(page, {"csrfmiddlewaretoken": token[1], **fields})

    def submit_to(self, page: str, path: str, **fields: Any) -> Answer:
        """Open a page and send the one of its forms that goes to `path`."""
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(page).text)
        assert token is not None, f"{page} has no form"
        return self.form(path, {"csrfmiddlewaretoken": token[1], **fields})

    def send(self, method: str, path: str, body: Body = None, headers: Mapping[str, str] | None = None) -> Answer:
        """Anything else; parts of a body go in chunks."""
        with self._asked(method, path, body, headers or {}, timeout=30) as got:
            for line in got.headers.get_all("set-cookie") or ():
                self.cookies |= {name: one.value for name, one in SimpleCookie(line).items()}
            return Answer(got.status, {k.lower(): v for k, v in got.getheaders()}, got.read())

    @contextmanager
    def events(self, path: str, *, timeout: float = 10) -> Iterator[Iterator[Event]]:
        """A stream of events, until the server ends it; TimeoutError after so many silent seconds."""
        with self._asked("GET", path, None, {"accept": "text/event-stream"}, timeout=timeout) as got:
            assert got.status == 200, f"{path}: {got.status}"
            yield _events_of(got)

    @contextmanager
    def _asked(
        self, method: str, path: str, body: Body, headers: Mapping[str, str], *, timeout: float
    ) -> Iterator[HTTPResponse]:
        sent = {name.replace("_", "-"): value for name, value in {**self.headers, **headers}.items()}
        if self.cookies:
            sent.setdefault("cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        connection = HTTPConnection(self.netloc, timeout=timeout)
        try:
            connection.request(method, path, body, sent)
            with connection.getresponse() as got:
                yield got
        finally:
            connection.close()


def _events_of(got: HTTPResponse) -> Iterator[Event]:
    name, data = "message", ""
    for raw in got:
        line = raw.decode().rstrip("\r\n")
        if not line and data:
            yield Event(name, json.loads(data))
            name, data = "message", ""
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            data += value
