"""A mail server that keeps what it gets and answers as the story wants: real SMTP on a loopback port."""

from __future__ import annotations

from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller
from tests.serving import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage


class Catcher:
    """`letters` in the order they came; `answers` = what to say instead of yes, by recipient, used up from the left."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.recipients: list[str] = []
        self.answers: dict[str, list[str]] = {}
        self.connections = 0

    @property
    def subjects(self) -> list[str]:
        """As people read them."""
        return [str(one["Subject"]) for one in self.letters]

    async def handle_EHLO(self, _server: Any, session: Any, _envelope: Any, hostname: str, responses: Any) -> Any:  # noqa: N802 - aiosmtpd's names
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        if self.answers.get(address):
            return self.answers[address].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answers.get("DATA"):
            answer = self.answers["DATA"].pop(0)
            if answer == "hang up":
                server.transport.close()
            return answer
        self.raw.append(envelope.content)
        self.letters.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        self.recipients += envelope.rcpt_tos
        return "250 OK"


@contextmanager
def catching(catcher: Catcher | None = None, port: int | None = None, **options: Any) -> Iterator[tuple[Catcher, int]]:
    """(catcher, its port) while it runs."""
    own, at = catcher or Catcher(), port or free_port()
    controller = Controller(own, hostname="127.0.0.1", port=at, **options)
    controller.start()
    try:
        yield own, at
    finally:
        controller.stop()
