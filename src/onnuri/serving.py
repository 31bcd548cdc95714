"""Running the server: the port, the descriptor limit, the address and its QR, and a stop that ends open streams."""

from __future__ import annotations

import os
import resource
import signal
import socket
import sys
from typing import TYPE_CHECKING, Any

import segno
import uvicorn

if TYPE_CHECKING:
    from onnuri.folder import Folder

STOP_WITHIN_S = 5


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


def serve(folder: Folder, host: str, port: int, *, hall: bool) -> None:
    """Serve until a signal."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    address = f"http://{_own_address() if hall else host}:{port}"
    folder.announce(address)
    Server(
        uvicorn.Config(
            "onnuri.asgi:app",
            host=host,
            port=port,
            loop="uvloop",
            http="httptools",
            lifespan="on",
            access_log=False,
            log_level="warning",
            # Its lines go the way of all the others, which is where nobody is named.
            log_config=None,
            server_header=False,
            # The same word as for Django: only then is it a proxy who says by which scheme people came.
            proxy_headers=bool(os.environ.get("ONNURI_BEHIND_PROXY")),
            timeout_graceful_shutdown=STOP_WITHIN_S,
            backlog=4096,
        ),
        lambda: _greet(folder, address, hall=hall),
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


def _greet(folder: Folder, address: str, *, hall: bool) -> None:
    print(f"\nonnuri is ready: {address}\n", flush=True)
    sample = folder.sample()
    if sample is not None:
        print(f"the sample's host: {address}/host/c/{sample['code']}?key={sample['key']}", flush=True)
        print(f"its big screen:    {address}/stage/{sample['code']}\n", flush=True)
    if hall:
        segno.make(address, error="m").terminal(out=sys.stdout, compact=True)
        print("Without TLS, phones cannot use the camera or work offline after closing the page.", flush=True)
