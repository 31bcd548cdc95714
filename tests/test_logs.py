"""What the server writes about itself names nobody."""

import json
import logging
import re
import sqlite3
from contextlib import closing

import pytest
from tests.serving import Server, free_port

from onnuri import logs
from onnuri.errors import BadInput
from onnuri.logs import REQUEST, NothingPersonal, OneObject, without_people


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("not sent to mina.k+x@mail.example.kr: full", "not sent to <address>: full"),
        ("GET /e/hanbit/ticket/Zx81_kkQ HTTP/1.1", "GET /e/hanbit/ticket/… HTTP/1.1"),
        ("fault at /host/c/ABC234?key=s3cret&lang=ko", "fault at /host/c/ABC234?…"),
        ("Cookie: voice_ABC234=12.abc; lang=ko", "Cookie: …"),
        ("cookie voice_ABC234=123.abc-def; rest", "cookie voice_ABC234=…; rest"),
        ("Authorization: Bearer abc", "Authorization: …"),
        ("code ABCD2345 was used", "code <code> was used"),
        ("pass ABCDE23456.", "pass <code>."),
        ("smtp://user:word@mail.example.kr:25", "smtp://…@mail.example.kr:25"),
        ("from 203.0.113.9:443 and 2001:db8::7f", "from <ip>:443 and <ip>"),
        ("token=qX7yT0aZbC9dEfGhIjKlMnOp", "token=<key>"),
        ("DETAIL:  Key (email)=(김한빛, 서울) already exists.", "DETAIL: …"),
    ],
)
def test_who_it_was_about_is_taken_out(said, written):
    assert without_people(said) == written


@pytest.mark.parametrize(
    "said",
    [
        "ABC234: landscape",
        "a group of 12 was not stored",
        "names were erased, their time is over: hanbit",
        'File "onnuri/live/writer.py", line 118, in _commit',
        "closed at 2026-05-22 14:00:07 by the clock",
        "listening on 127.0.0.1:8000",
        "sqlite3.OperationalError: no such table: conversation_ballotvote",
    ],
)
def test_what_names_nobody_stays_as_it_is(said):
    assert without_people(said) == said


def written(formatter, message, *values, error=None):
    """One record on its way through filter and formatter."""
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("onnuri.x", logging.ERROR, __file__, 1, message, values, info)
    assert NothingPersonal().filter(record)
    return formatter.format(record)


def raised():
    try:
        int("no place for mina@example.kr with ABCD2345")
    except ValueError as problem:
        return problem


def test_a_line_is_an_object_and_says_which_request():
    REQUEST.set("a1-7")
    try:
        told = json.loads(written(OneObject(), "not stored for %s\nagain", "mina@example.kr", error=raised()))
    finally:
        REQUEST.set("")

    assert (told["level"], told["logger"], told["request"]) == ("error", "onnuri.x", "a1-7")
    assert told["message"] == "not stored for <address>\nagain"
    assert told["trace"].startswith("Traceback")
    assert "no place for <address> with <code>" in told["trace"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", told["time"])


def test_readable_lines_name_nobody_either():
    line = written(logging.Formatter(logs.PLAIN), "not stored", error=raised())

    assert "no place for <address> with <code>" in line


def test_a_format_that_is_none_is_refused_before_anything_starts(monkeypatch):
    monkeypatch.setenv("ONNURI_LOG", "xml")

    with pytest.raises(BadInput, match="ONNURI_LOG: is 'xml'; it can be json"):
        logs.configuration()


def test_a_letter_a_join_and_a_claim_that_broke_leave_no_trace_of_anybody(tmp_path):
    nobody_there = f"smtp://postman:pass-word@127.0.0.1:{free_port()}"
    environment = {"ONNURI_LOG": "json", "ONNURI_SMTP": nobody_there, "ONNURI_MAIL_FROM": "hall@example.kr"}
    with Server(tmp_path, environment=environment) as server:
        server.run_cli("conference", "new", "--slug", "hanbit", "--seats", "5")
        mina, jun = ({"name": n, "email": f"{n}@example.kr", "channel": "hall"} for n in ("mina", "jun"))
        server.client().post("/api/v1/conferences/hanbit/registrations", mina, idempotency_key="key-of-mina")
        room = server.conversation(seeds=["첫째"], begin=True, policy="code")
        codes = server.host(room).post(f"/api/v1/host/conversations/{room.code}/codes", {"count": 1, "channel": "hall"})
        code = codes.json["codes"][0]
        phone = server.client(x_forwarded_for="203.0.113.9")
        joined = phone.post(f"/api/v1/conversations/{room.code}/join", {"seat_code": code})
        again = server.client().post(f"/api/v1/conversations/{room.code}/join", {"seat_code": code})
        lost = server.client().get(f"/e/hanbit/ticket/abcDEF123_secret?key={room.key}")
        # The book is taken away under its writer: the next claim breaks with a traceback.
        with closing(sqlite3.connect(server.database)) as connection:
            connection.execute("ALTER TABLE conference_entry RENAME TO taken_away")
        broken = server.client().post("/api/v1/conferences/hanbit/registrations", jun, idempotency_key="key-of-jun")
        log = server.log

    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert (joined.status, again.status, lost.status, broken.status) == (200, 409, 404, 503)
    assert any("the mail server takes no letters" in line["message"] for line in lines)
    of_the_ticket = [line for line in lines if line["message"].endswith("/e/hanbit/ticket/…")]
    assert [bool(line["request"]) for line in of_the_ticket] == [True]
    assert any("conference_entry" in line.get("trace", "") for line in lines)
    cookie = phone.cookies[f"voice_{room.code}"]
    secrets = ("mina", "jun", "@example", code, "203.0.113", "abcDEF123", room.key, cookie, "pass-word", "key-of-")
    assert [secret for secret in secrets if secret in log] == []
