"""A translation service of three kinds on a loopback port: answers as the story wants, and remembers what it was sent.

Its language is invented: every text comes back with the target's name before it, so that a test can read it.
"""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


class Service:
    """`moods` are used up from the left; then it is good. `asked` = what came: path, headers, body."""

    def __init__(self) -> None:
        self.moods: list[str] = []
        self.asked: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.url = ""

    @property
    def texts(self) -> list[str]:
        """Every text that left the house."""
        return [text for path, _headers, body in self.asked for text in _texts(path, body)]


def _texts(path: str, body: dict[str, Any]) -> list[str]:
    if path == "/translate":
        return body["q"]
    if path == "/v2/translate":
        return body["text"]
    return [one["text"] for one in json.loads(body["messages"][1]["content"])["items"]]


def said(text: str, target: str) -> str:
    """How the service says it."""
    return f"<{target.lower()}> {text}"


def _answers(mood: str, texts: list[str], target: str) -> list[str]:
    made = {
        "same": texts,
        "empty": ["" for _ in texts],
        "no numbers": ["".join(c for c in said(t, target) if not c.isdigit()) for t in texts],
        "too many": [*(said(t, target) for t in texts), "one more"],
        "too few": [],
        "endless": [said(t, target) * 200 for t in texts],
    }
    return made.get(mood, [said(t, target) for t in texts])


def _body(path: str, mood: str, body: dict[str, Any]) -> Any:
    texts = _texts(path, body)
    if path == "/translate":
        return {"translatedText": _answers(mood, texts, body["target"])}
    if path == "/v2/translate":
        return {"translations": [{"text": t} for t in _answers(mood, texts, body["target_lang"])]}
    target = body["messages"][0]["content"].split(" into ")[1].split(":")[0]
    made = [{"id": n, "text": t} for n, t in enumerate(_answers(mood, texts, target), start=1)]
    if mood == "other ids":
        made = [{**one, "id": one["id"] + 7} for one in made]
    if mood == "shuffled":
        made.reverse()
    written = json.dumps({"translations": made}, ensure_ascii=False)
    if mood == "fenced":
        written = f"```json\n{written}\n```"
    if mood == "chatty":
        written = "Sure! Here you are."
    return {"choices": [{"message": {"content": written}}]}


def _handler(service: Service) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            service.asked.append((self.path, dict(self.headers), body))
            mood = service.moods.pop(0) if service.moods else "good"
            if mood == "slow":
                time.sleep(1.5)
            if mood.isdecimal():
                self._say(int(mood), b"{}")
            elif mood == "html":
                self._say(200, b"<html>")
            elif mood == "away":
                self.send_response(307)
                self.send_header("Location", "http://127.0.0.1:9/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                self._say(200, json.dumps(_body(self.path, mood, body)).encode())

        def _say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if status == 429:
                self.send_header("Retry-After", "7")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_about: Any) -> None:
            pass

    return Handler


@contextmanager
def interpreting() -> Iterator[Service]:
    """The service while it runs."""
    service = Service()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(service))
    service.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
