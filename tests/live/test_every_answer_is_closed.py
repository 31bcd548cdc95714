"""Whoever answers, the hot path or a page, a file or an error: nothing may be framed, sniffed, or sent elsewhere."""

import re
from pathlib import Path

import pytest
from django.urls import URLResolver, get_resolver
from django.utils.regex_helper import normalize
from tests.serving import Server

import onnuri.web
from onnuri.headers import CLOSED, DATA_POLICY, HSTS

STATIC = Path(onnuri.web.__file__).parent / "static"
OVER_HTTPS = {"x_forwarded_proto": "https", "x_forwarded_for": "203.0.113.9"}
WANTED = {**CLOSED, "Content-Security-Policy": DATA_POLICY}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("closed"), environment={"ONNURI_PROXIES": "127.0.0.1"}) as running:
        yield running


@pytest.fixture(scope="module")
def room(server):
    server.run_cli("conference", "new", "--slug", "hanbit", "--seats", "2")
    return server.conversation(seeds=["첫째", "둘째"], begin=True, policy="open")


def addresses(resolver, before=""):
    """Every pattern as a format with its names: `e/%(slug)s/register`."""
    for one in resolver.url_patterns:
        pattern = before + one.pattern.regex.pattern.removeprefix("^").removesuffix(r"\Z").removesuffix("$")
        if isinstance(one, URLResolver):
            yield from addresses(one, pattern)
        else:
            yield from (form for form, _names in normalize(pattern))


def filled(form, about):
    return form % {name: about.get(name, "x") for name in re.findall(r"%\((\w+)\)", form)}


def open_doors(path, answer, *, https=False):
    """What is missing on an answer."""
    found = [f"{path}: {name}" for name, value in CLOSED.items() if answer.headers.get(name.lower()) != value]
    policy = answer.headers.get("content-security-policy", "")
    if not policy.startswith("default-src") or "unsafe-" in policy.replace("'wasm-unsafe-eval'", ""):
        found.append(f"{path}: policy {policy!r}")
    if "'wasm-unsafe-eval'" in policy and path != "/door/decoder.js":
        found.append(f"{path}: only the scanner's worker may load WebAssembly")
    if https and answer.headers.get("strict-transport-security") != HSTS:
        found.append(f"{path}: HSTS")
    if answer.status >= 500 and not path.startswith("/account/"):  # what accounts need to be set up has its own tests
        found.append(f"{path}: {answer.status}")
    return found


def test_every_address_and_every_file_is_closed(server, room):
    about = {"code": room.code, "slug": "hanbit", "number": 1, "part": 1, "kind": "csv", "lang": "ko"}
    paths = {"/" + filled(form, about) for form in addresses(get_resolver())}
    files = {"/static/" + str(file.relative_to(STATIC)) for file in STATIC.rglob("*") if file.is_file()}
    phone = server.client(**OVER_HTTPS)

    faults = [fault for path in sorted(paths | files) for fault in open_doors(path, phone.get(path), https=True)]

    assert len(paths) > 100
    assert len(files) > 50
    assert not faults, "\n".join(faults)


def test_the_hot_path_is_closed_too(server, room):
    phone, at = server.client(**OVER_HTTPS), f"/api/v1/conversations/{room.code}"
    answers = {
        "join": phone.post(f"{at}/join", {}),
        "deck": phone.get(f"{at}/deck"),
        "votes": phone.post(f"{at}/votes", {"votes": []}),
        "not json": phone.post(f"{at}/votes", b"<script>"),
        "no voice": server.client(**OVER_HTTPS).get(f"{at}/deck"),
        "too large": phone.post(f"{at}/votes", b"x" * 70_000),
        "a page too large": phone.form("/join", {"code": "x" * 300_000}),
        "another site": phone.form(f"/c/{room.code}/join", {}, origin="https://elsewhere.example"),
        "a form": phone.form(f"/c/{room.code}/join", {"consent_count": "1", "consent_rows": "1"}),
        "health": phone.get("/health"),
        "ready": phone.get("/ready"),
        "metrics": phone.get("/metrics"),
        "a room nobody made": phone.get("/c/ZZZZZZ"),
        "nothing": phone.get("/wp-login.php"),
        "a method": phone.send("PATCH", f"{at}/votes"),
        "a poll": phone.get(f"/c/{room.code}/state.json"),
    }

    faults = [fault for name, answer in answers.items() for fault in open_doors(name, answer, https=True)]

    assert answers["join"].status == 200
    assert not faults, "\n".join(faults)


def test_a_stream_is_closed_too(server, room):
    with server.client()._asked("GET", f"/live/{room.code}", None, {}, timeout=10) as got:
        assert (got.status, got.getheader("content-type")) == (200, "text/event-stream")
        assert {name: got.getheader(name) for name in WANTED} == WANTED


def test_without_https_no_browser_is_told_to_insist_on_it(server, room):
    plain = server.client().post(f"/api/v1/conversations/{room.code}/join", {})

    assert "strict-transport-security" not in plain.headers
    assert "secure" not in plain.headers["set-cookie"].lower()


def test_no_script_and_no_other_site_reads_a_cookie(server, room):
    phone = server.client(**OVER_HTTPS)
    given = [
        phone.post(f"/api/v1/conversations/{room.code}/join", {}),
        phone.get(f"/host/c/{room.code}?key={room.key}"),
        phone.get("/?lang=en&text=2&theme=dark"),
        phone.get("/e/hanbit/register"),
        phone.get("/account/login/"),
        phone.get("/host/c/" + room.code),
    ]

    cookies = [answer.headers["set-cookie"] for answer in given if "set-cookie" in answer.headers]

    assert len(cookies) >= 4
    for cookie in cookies:
        assert "HttpOnly" in cookie, cookie
        assert "SameSite=" in cookie, cookie
        assert cookie.rstrip().endswith("Secure") or "; Secure" in cookie, cookie
