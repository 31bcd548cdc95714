"""The nginx of examples/ in front of a real server: what a phone does works through it, and nothing is held back."""

import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.client import HTTPSConnection
from pathlib import Path

import pytest
from tests.serving import ROOT, Server, _events_of, free_port
from tests.test_tls import written

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
REQUIRED = bool(os.environ.get("ONNURI_REQUIRE_NGINX"))
pytestmark = pytest.mark.skipif(NGINX is None and not REQUIRED, reason="no nginx here: apt-get install nginx-light")
EXAMPLE = ROOT / "examples" / "nginx.conf"
JSON = {"Content-Type": "application/json"}


class Front:
    """nginx as the example sets it up, at a free port of the loopback, as nobody's service."""

    def __init__(self, folder: Path, socket_path: Path) -> None:
        now = datetime.now(tz=UTC)
        self.folder = folder
        self.port = free_port()
        self.certificate, key = written(folder, begins=now - timedelta(hours=1), ends=now + timedelta(hours=1))
        text = EXAMPLE.read_text("utf-8")
        for there, here in {
            "user www-data;": f"{'user root;' if os.geteuid() == 0 else ''} daemon off;",
            "worker_processes auto;": "worker_processes 1;",
            "worker_rlimit_nofile 65536;": "",
            "worker_connections 30000;": "worker_connections 500;",
            "/run/nginx.pid": str(folder / "nginx.pid"),
            "/var/log/nginx/error.log warn": f"{folder / 'nginx.log'} warn",
            "/run/onnuri/onnuri.sock": str(socket_path),
            "listen 80;": f"listen 127.0.0.1:{free_port()};",
            "listen 443 ": f"listen 127.0.0.1:{self.port} ",
            "/etc/ssl/hall/fullchain.pem": self.certificate,
            "/etc/ssl/hall/privkey.pem": key,
            "/srv/onnuri/src/": f"{ROOT / 'src'}/",
            "    access_log off;": "".join(self._folders()) + "    access_log off;",
        }.items():
            assert text.count(there) >= 1, f"the example has no {there!r} any more"
            text = text.replace(there, here)
        self.config = folder / "nginx.conf"
        self.config.write_text(text, "utf-8")

    def _folders(self):
        """Where nginx keeps what it holds for a moment: not in the system's folders."""
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"):
            yield f"    {kind}_temp_path {self.folder / kind};\n"

    def __enter__(self):
        self.process = subprocess.Popen([NGINX, "-p", str(self.folder), "-c", str(self.config)])
        until = time.monotonic() + 10
        while True:
            assert self.process.poll() is None, (self.folder / "nginx.log").read_text()
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            assert time.monotonic() < until, "nginx does not answer"
            time.sleep(0.05)

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)

    @property
    def origin(self):
        return f"https://127.0.0.1:{self.port}"

    def phone(self, timeout=10):
        return HTTPSConnection(
            "127.0.0.1", self.port, timeout=timeout, context=ssl.create_default_context(cafile=self.certificate)
        )

    def ask(self, method, path, body=None, headers=None):
        with closing(self.phone()) as phone:
            phone.request(method, path, body, headers or {})
            answer = phone.getresponse()
            return answer.status, answer.headers, answer.read()


@pytest.fixture(scope="module")
def hall(tmp_path_factory):
    """(server, nginx in front of it, an open room)."""
    folder = tmp_path_factory.mktemp("front")
    path = folder / "onnuri.sock"
    with Server(folder, "--no-sample", "--socket", str(path)) as server, Front(folder, path) as front:
        yield server, front, server.conversation(begin=True)


@pytest.fixture
def voice(hall):
    """The cookie of somebody who joined through nginx."""
    _, front, room = hall
    status, told, _ = front.ask("POST", f"/api/v1/conversations/{room.code}/join", b"{}", JSON)
    assert status == 200
    return told["set-cookie"]


def vote(name, statement=1):
    return json.dumps({"votes": [{"id": name, "statement": statement, "value": 1}]}).encode()


def open_files(server):
    return len(list(Path(f"/proc/{server.pid}/fd").iterdir()))


def test_the_page_and_what_it_loads_come_over_http_2(hall, voice):
    _, front, room = hall

    status, _, page = front.ask("GET", f"/c/{room.code}", headers={"Cookie": voice.partition(";")[0]})
    assets = re.findall(r'(?:src|href)="(/static/[^"]+)"', page.decode())
    with socket.create_connection(("127.0.0.1", front.port)) as line:
        offered = ssl.create_default_context(cafile=front.certificate)
        offered.set_alpn_protocols(["h2", "http/1.1"])
        with offered.wrap_socket(line, server_hostname="127.0.0.1") as safe:
            spoken = safe.selected_alpn_protocol()

    assert (status, spoken) == (200, "h2")
    assert len(assets) > 3
    for asset in assets:
        got, told, _ = front.ask("GET", asset)
        assert (got, told["x-content-type-options"]) == (200, "nosniff"), asset
        assert told["content-type"] != "application/octet-stream", asset


def test_cookies_of_hot_path_and_pages_are_for_https_alone(hall, voice):
    _, front, room = hall

    _, host, _ = front.ask("GET", f"/host/c/{room.code}?key={room.key}")

    assert "; Secure" in voice
    assert "; Secure" in host["set-cookie"]


def test_a_vote_arrives_and_one_from_another_site_does_not(hall, voice):
    _, front, room = hall
    own = {**JSON, "Cookie": voice.partition(";")[0]}
    path = f"/api/v1/conversations/{room.code}/votes"

    here = front.ask("POST", path, vote("one"), {**own, "Origin": front.origin})
    elsewhere = front.ask("POST", path, vote("two"), {**own, "Origin": "https://elsewhere.example"})

    assert (here[0], json.loads(here[2])["accepted"]) == (200, 1)
    assert (elsewhere[0], json.loads(elsewhere[2])["error"]["key"]) == (403, "other_site")


def test_a_form_of_the_pages_passes_the_origin_check(hall):
    _, front, room = hall
    _, told, _ = front.ask("GET", f"/host/c/{room.code}?key={room.key}")
    cookies = told["set-cookie"].partition(";")[0]
    _, told, page = front.ask("GET", f"/host/c/{room.code}", headers={"Cookie": cookies})
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.decode())[1]
    cookies += "; " + told["set-cookie"].partition(";")[0]
    form = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies}
    body = f"csrfmiddlewaretoken={token}&action=nothing".encode()

    here = front.ask("POST", f"/host/c/{room.code}/act", body, {**form, "Origin": front.origin})
    elsewhere = front.ask("POST", f"/host/c/{room.code}/act", body, {**form, "Origin": "https://elsewhere.example"})

    assert (here[0], elsewhere[0]) == (400, 403)  # understood and refused as no key of the console; not even read


def test_events_arrive_at_once_and_a_phone_that_leaves_is_let_go(hall, voice):
    server, front, room = hall
    own = {**JSON, "Cookie": voice.partition(";")[0]}
    before = open_files(server)
    with closing(front.phone()) as phone:
        phone.request("GET", f"/live/{room.code}", headers={"Accept": "text/event-stream"})
        turnouts = (e.data["answered"] for e in _events_of(phone.getresponse()) if e.name == "turnout")
        first = next(turnouts)
        front.ask("POST", f"/api/v1/conversations/{room.code}/votes", vote("three", 2), own)
        begun = time.monotonic()
        while next(turnouts) == first:
            pass
        waited = time.monotonic() - begun
        while_open = open_files(server)

    assert waited < 3
    assert while_open > before
    until = time.monotonic() + 5
    while open_files(server) >= while_open:
        assert time.monotonic() < until, "the server still keeps the stream of a phone that is gone"
        time.sleep(0.05)


def test_a_phone_that_leaves_in_the_middle_of_a_vote_leaves_nothing_half(hall, voice):
    server, front, room = hall
    own = {**JSON, "Cookie": voice.partition(";")[0]}
    body = vote("four", 3)
    with closing(front.phone()) as phone:
        phone.putrequest("POST", f"/api/v1/conversations/{room.code}/votes")
        for name, value in {**own, "Content-Length": str(len(body))}.items():
            phone.putheader(name, value)
        phone.endheaders(body[: len(body) // 2])

    status, _, told = front.ask("POST", f"/api/v1/conversations/{room.code}/votes", body, own)

    assert (status, json.loads(told)["accepted"]) == (200, 1)
    assert "Traceback" not in server.log


def test_what_a_phone_claims_about_itself_goes_no_further(hall):
    _, front, room = hall
    lie = {**JSON, "X-Forwarded-Proto": "http", "X-Forwarded-For": "127.0.0.1"}

    _, told, _ = front.ask("POST", f"/api/v1/conversations/{room.code}/join", b"{}", lie)

    assert "; Secure" in told["set-cookie"]


def test_nothing_of_a_request_is_written_down(hall):
    _, front, room = hall
    front.ask("GET", f"/host/c/{room.code}?key=a-secret-key")

    written_down = [f for f in front.folder.glob("*.log") if "a-secret-key" in f.read_text("utf-8", errors="replace")]

    assert written_down == []
