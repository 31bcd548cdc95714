"""Running the server: its door, the descriptor limit, the address and its QR, and a stop that ends open streams."""

from __future__ import annotations

import os
import resource
import signal
import socket
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import segno
import uvicorn

if TYPE_CHECKING:
    from onnuri.folder import Folder

STOP_WITHIN_S = 5
LONGEST_SOCKET_PATH: Final = 107
OFF_WITHOUT_HTTPS: Final = """
Phones reach this address without https. So these are off; everything else works:
  - the camera at the door: use a hand scanner or find people by name
  - the page on the home screen, and opening it again without a network: keep it open, answers wait in it
Give --tls-cert and --tls-key, or put a proxy in front: docs/guide/network.md
"""


@dataclass(frozen=True)
class Tls:
    """Certificate files that were found usable, and the names they are for."""

    certificate: str
    key: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Door:
    """Where the server is reached: a port, or a unix socket for a proxy on the same machine.

    `proxies`: addresses and networks that may say how people came. Over a socket it is whoever may open the file.
    """

    host: str
    port: int
    hall: bool = False
    tls: Tls | None = None
    socket: str | None = None
    proxies: list[str] | None = None

    def problem(self) -> str | None:
        """Why it cannot be opened, in one line."""
        return port_problem(self.host, self.port) if self.socket is None else socket_problem(self.socket)

    @property
    def address(self) -> str:
        """As people type it: by a name the certificate is for, where there is one."""
        if self.socket is not None:
            return os.environ.get("ONNURI_URL", "http://localhost").rstrip("/")
        host = _own_address() if self.hall else self.host
        if self.tls is None:
            return f"http://{host}:{self.port}"
        named = [name for name in self.tls.names if not name.startswith("*")]
        return f"https://{host if host in named or not named else named[0]}:{self.port}"

    @property
    def believed(self) -> list[str] | str:
        """Whose word on the scheme counts, as uvicorn wants it."""
        return "*" if self.socket is not None else self.proxies or []


def port_problem(host: str, port: int) -> str | None:
    """Why the port cannot be used, in one line."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            return f"port {port} needs more rights; choose one above 1023 with ONNURI_PORT"
        except (OSError, OverflowError) as problem:
            why = getattr(problem, "strerror", None) or problem
            return f"port {port} on {host} cannot be used ({why}); choose another with ONNURI_PORT"
    return None


def socket_problem(path: str) -> str | None:
    """Why a unix socket cannot be opened there, in one line. What an ended server left behind is no reason."""
    file = Path(path)
    if len(os.fsencode(file.absolute())) > LONGEST_SOCKET_PATH:
        return f"--socket: {path} is too long for a socket, at most {LONGEST_SOCKET_PATH} bytes"
    if not os.access(file.absolute().parent, os.W_OK | os.X_OK):
        return f"--socket: {path} cannot be made, its folder is not there or not ours"
    if not file.exists():
        return None
    if not stat.S_ISSOCK(file.stat().st_mode):
        return f"--socket: {path} is a file, not a socket"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(path)
        except OSError:
            return None
    return f"--socket: another server answers at {path}"


def serve(folder: Folder, door: Door) -> None:
    """Serve until a signal."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    address = door.address
    folder.announce(address)
    Server(
        uvicorn.Config(
            "onnuri.asgi:app",
            host=door.host,
            port=door.port,
            uds=door.socket,
            ssl_certfile=door.tls.certificate if door.tls else None,
            ssl_keyfile=door.tls.key if door.tls else None,
            loop="uvloop",
            http="httptools",
            lifespan="on",
            access_log=False,
            log_level="warning",
            # Its lines go the way of all the others, which is where nobody is named.
            log_config=None,
            server_header=False,
            # Off unless somebody is named: by itself uvicorn would believe whoever comes from this machine.
            proxy_headers=bool(door.believed),
            forwarded_allow_ips=door.believed,
            timeout_graceful_shutdown=STOP_WITHIN_S,
            backlog=4096,
        ),
        lambda: _greet(folder, address, door),
    ).run()


class Server(uvicorn.Server):
    """Says when it is ready; on a signal it ends the streams, which it would otherwise wait for."""

    def __init__(self, config: uvicorn.Config, greet: Any) -> None:  # noqa: ANN401 - a callable
        super().__init__(config)
        self._greet = greet

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then greet."""
        await super().startup(sockets)
        if self.started:
            self._greet()

    def handle_exit(self, sig: int, frame: Any) -> None:  # noqa: ANN401, ARG002 - uvicorn's signature
        """A signal came: end in order; a second Ctrl-C ends at once.

        The base class would raise the signal again after the shutdown and so kill what is still being put away.
        """
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True
        from onnuri.asgi import app  # noqa: PLC0415 - loaded by uvicorn by now

        app.end_streams()


def _own_address() -> str:
    """Find this machine's address in the hall's network: the one a packet outwards would leave by. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def _greet(folder: Folder, address: str, door: Door) -> None:
    print(f"\nonnuri is ready: {address}\n", flush=True)
    sample = folder.sample()
    if sample is not None:
        print(f"the sample's host: {address}/host/c/{sample['code']}?key={sample['key']}", flush=True)
        print(f"its big screen:    {address}/stage/{sample['code']}\n", flush=True)
    if door.hall:
        segno.make(address, error="m").terminal(out=sys.stdout, compact=True)
        if not address.startswith("https:"):
            print(OFF_WITHOUT_HTTPS, flush=True)
