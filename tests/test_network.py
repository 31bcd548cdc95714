"""How people reach the server: https by itself, and behind a proxy that is named, and believed only then."""

import http.client
import socket
import ssl
from contextlib import closing

import pytest
from tests.serving import Server
from tests.test_tls import written

from onnuri.errors import BadInput
from onnuri.proxies import trusted_proxies
from onnuri.serving import socket_problem

SPOOFED = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
JSON = {"Content-Type": "application/json"}


def asked(connection, method, path, body=None, headers=None):
    with closing(connection):
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()


def cookie_of_joining(connection, room, headers=None):
    status, told, _ = asked(
        connection, "POST", f"/api/v1/conversations/{room.code}/join", b"{}", {**JSON, **(headers or {})}
    )
    assert status == 200
    return told["set-cookie"]


class OverSocket(http.client.HTTPConnection):
    """HTTP over a unix socket, as a proxy on the same machine speaks it."""

    def __init__(self, path):
        super().__init__("localhost")
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(self.path)


def test_with_certificate_files_the_server_speaks_https_itself(tmp_path):
    from datetime import UTC, datetime, timedelta

    now = datetime.now(tz=UTC)
    certificate, key = written(tmp_path, begins=now - timedelta(hours=1), ends=now + timedelta(hours=1))
    with Server(tmp_path, "--no-sample", "--tls-cert", certificate, "--tls-key", key) as server:
        room = server.conversation(begin=True)
        trust = ssl.create_default_context(cafile=certificate)
        cookie = cookie_of_joining(http.client.HTTPSConnection("127.0.0.1", server.port, context=trust), room)
        page = asked(http.client.HTTPSConnection("127.0.0.1", server.port, context=trust), "GET", f"/c/{room.code}")
        log = server.log

    assert "; Secure" in cookie
    assert page[0] == 200
    assert f"onnuri is ready: https://127.0.0.1:{server.port}" in log


@pytest.mark.parametrize(
    ("setting", "believed"),
    [
        ({}, False),
        ({"ONNURI_PROXIES": "10.0.0.0/8"}, False),
        ({"ONNURI_PROXIES": "127.0.0.1,10.0.0.0/8"}, True),
        ({"ONNURI_BEHIND_PROXY": "1"}, True),
    ],
    ids=["nobody is named", "another one is named", "named", "the former word"],
)
def test_only_a_proxy_that_is_named_may_say_how_people_came(tmp_path, setting, believed):
    unset = {"ONNURI_PROXIES": "", "ONNURI_BEHIND_PROXY": "", "FORWARDED_ALLOW_IPS": "*"}
    with Server(tmp_path, environment={**unset, **setting}) as server:
        room = server.conversation(begin=True)
        hot = cookie_of_joining(http.client.HTTPConnection("127.0.0.1", server.port), room, SPOOFED)
        link = f"/host/c/{room.code}?key={room.key}"
        _, page, _ = asked(http.client.HTTPConnection("127.0.0.1", server.port), "GET", link, headers=SPOOFED)

    assert ("; Secure" in hot) is believed
    assert ("; Secure" in page["set-cookie"]) is believed


def test_over_a_unix_socket_the_proxy_says_how_people_came(tmp_path):
    path = tmp_path / "onnuri.sock"
    with Server(
        tmp_path, "--no-sample", "--socket", str(path), environment={"ONNURI_URL": "https://h.example"}
    ) as server:
        room = server.conversation(begin=True)
        cookies = [cookie_of_joining(OverSocket(path), room, headers) for headers in (SPOOFED, {})]
        page = asked(OverSocket(path), "GET", f"/c/{room.code}")
        taken = socket_problem(str(path))
        server.kill()
        server.start()
        again = asked(OverSocket(path), "GET", f"/c/{room.code}")
        log = server.log

    assert ["; Secure" in cookie for cookie in cookies] == [True, False]
    assert (page[0], again[0]) == (200, 200)
    assert "another server answers" in taken
    assert "onnuri is ready: https://h.example\n" in log


def test_a_socket_that_cannot_be_is_one_clear_line(tmp_path):
    (tmp_path / "file").write_text("")

    assert "is a file, not a socket" in socket_problem(str(tmp_path / "file"))
    assert "its folder is not there" in socket_problem(str(tmp_path / "nowhere" / "a.sock"))
    assert "too long for a socket" in socket_problem(str(tmp_path / ("a" * 100)))
    assert socket_problem(str(tmp_path / "new.sock")) is None


@pytest.mark.parametrize("written", ["anybody", "127.0.0.1/8", "10.0.0.0/33", "127.0.0.1;10.0.0.1"])
def test_a_proxy_that_is_no_address_is_refused(written):
    with pytest.raises(BadInput, match="ONNURI_PROXIES"):
        trusted_proxies({"ONNURI_PROXIES": written})
