"""Whatever is wrong with a claim is said once, by name, in the person's language; nothing of it is stored."""

import json
import re
import socket
import sqlite3
from contextlib import closing
from http.client import HTTPResponse
from urllib.parse import urlencode

import pytest
from tests.serving import Server

from onnuri.conference.ledger import read_receipt
from onnuri.errors import Refusal
from onnuri.messages import MESSAGES

HANGUL = re.compile("[가-힣]")
MB = 1024 * 1024
API = "/api/v1/conferences/hanbit/registrations"
PAGE = "/e/hanbit/register"
BIDI = "\N{RIGHT-TO-LEFT OVERRIDE}"


class Town:
    """One server with a hall of two: Jun sits, Linh sits, Sato waits; another conference opens in a hundred years."""

    def __init__(self, server):
        self.server = server
        server.run_cli("conference", "new", "--slug", "hanbit", "--seats", "2")
        server.run_cli("conference", "new", "--slug", "early", "--opens", "2199-01-01T00:00:00+09:00")
        server.run_cli("conference", "new", "--slug", "haneul", "--seats", "2")
        self.jun, self.linh, self.sato = (self.claimed(name) for name in ("jun", "linh", "sato"))
        # Whoever knocks first opens the log, early or not.
        assert self.claim(slug="early").json["error"]["key"] == "not_open"
        self.elsewhere = self.claimed("mina", slug="haneul")

    def claimed(self, name, slug="hanbit"):
        answer = self.claim(f"key-of-{name}", email=f"{name}@example.kr", slug=slug)
        assert answer.status == 200, answer.text
        return answer.json

    def claim(self, key="key-of-nobody", *, slug="hanbit", **body):
        content = {"name": "Somebody", "email": "new@example.kr", "channel": "hall", **body}
        return self.client().post(f"/api/v1/conferences/{slug}/registrations", content, idempotency_key=key)

    def client(self, language="ko"):
        return self.server.client(accept_language=language)

    def stored(self):
        """Every row a claim could leave: places, tickets, the log, letters, counters."""
        with closing(sqlite3.connect(f"file:{self.server.database}?mode=ro", uri=True)) as file:
            return {
                # Of letters only that they were queued: they are being sent meanwhile.
                table: file.execute(f"SELECT {columns} FROM {table} ORDER BY id").fetchall()
                for table, columns in (
                    ("conference_conference", "*"), ("conference_registration", "*"), ("conference_ticket", "*"),
                    ("conference_entry", "*"), ("people_mail", 'id, kind, about, "to"'),
                )
            }  # fmt: skip


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("bad-input")) as server:
        yield Town(server)


def is_refused(town, ask, status, key):
    """`ask(client)` is refused so, in both languages, and every table stays as it was."""
    before = town.stored()

    korean, english = ask(town.client("ko")), ask(town.client("en"))

    assert (korean.status, english.status) == (status, status), korean.text[:400]
    if "json" in korean.headers["content-type"]:
        told = korean.json
        assert (told["ok"], told["error"]["key"], english.json["error"]["key"]) == (False, key, key)
        assert HANGUL.search(told["error"]["message"])
        assert not HANGUL.search(english.json["error"]["message"])
    else:
        # One sentence, once: what is between its placeholders stands on the page.
        parts = [p.strip() for p in re.split(r"\{\w+\}", MESSAGES[key]) if p.strip()]
        assert [korean.text.count(p) >= 1 for p in parts] == [True] * len(parts), key
        assert len(re.findall("<h1", korean.text)) == 1
    assert town.stored() == before


# ---- claims of programs

BODIES = {
    "10,000 seats": ({"seats": 10_000}, 422, "party"),
    "a party of five": ({"seats": 5}, 422, "party"),
    "no seat": ({"seats": 0}, 422, "party"),
    "minus one seat": ({"seats": -1}, 422, "party"),
    "more seats than a database can count": ({"seats": 10**30}, 422, "party"),
    "half a seat": ({"seats": 1.5}, 422, "json_shape"),
    "a word of seats": ({"seats": "two"}, 422, "json_shape"),
    "no wish": ({"channel": ""}, 422, "wish"),
    "the moon": ({"channel": "moon"}, 422, "wish"),
    "a place of one's choice": ({"place": "seat"}, 422, "json_shape"),
    "a number of one's choice": ({"seq": 1}, 422, "json_shape"),
    "no at sign": ({"email": "example.kr"}, 422, "email"),
    "two addresses": ({"email": "a@example.kr,b@example.kr"}, 422, "email"),
    "a letter's header": ({"email": "a@example.kr\r\nBcc: all@example.kr"}, 422, "email"),
    "a line end": ({"email": "a@exam\nple.kr"}, 422, "email"),
    "a control character": ({"email": '"a\x01b"@example.kr'}, 422, "email"),
    "a null": ({"email": "a\x00@example.kr"}, 422, "email"),
    "an endless address": ({"email": "a" * 60 + "@" + ".".join(["b" * 60] * 5) + ".kr"}, 422, "email"),
    "a name without an address": ({"email": ""}, 422, "email"),
    "an address without a name": ({"name": ""}, 422, "text_blank"),
    "a name of nothing visible": ({"name": f"\u200b{BIDI}"}, 422, "text_blank"),
    "a name that is a book": ({"name": "가" * 81}, 422, "text_too_long"),
    "a null in a name": ({"name": "a\x00b"}, 422, "text_not_unicode"),
    "needs that are a book": ({"needs": "가" * 301}, 422, "text_too_long"),
    "companions that are no list": ({"companions": "Linh"}, 422, "json_shape"),
    "an address that is there": ({"email": "JUN@example.kr"}, 409, "already_registered"),
    "a code nobody gave": ({"invitation": "ABCDEFGHJK"}, 404, "invitation_unknown"),
    "an endless code": ({"invitation": "A" * 20_000}, 404, "invitation_unknown"),
}


@pytest.mark.parametrize(("body", "status", "key"), BODIES.values(), ids=BODIES)
def test_a_claim_that_cannot_be(town, body, status, key):
    content = {"name": "Somebody", "email": "new@example.kr", "channel": "hall", **body}

    is_refused(town, lambda c: c.post(API, content, idempotency_key="key-of-nobody"), status, key)


KEYS = {
    "none": "", "short": "1234567", "long": "k" * 65, "not ASCII": "key-of-\xe9\xe9\xe9", "a tab": "key\tof-nobody",
}  # fmt: skip


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_a_key_that_is_none(town, key):
    content = {"channel": "hall"}

    is_refused(town, lambda c: c.post(API, content, idempotency_key=key), 422, "idempotency_key")


CHANGED = {"seats": {"seats": 2}, "channel": {"channel": "online"}, "who": {"email": "else@example.kr"}}


@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED)
def test_the_same_key_with_another_content(town, change):
    content = {"name": "Somebody", "email": "jun@example.kr", "channel": "hall", **change}

    is_refused(town, lambda c: c.post(API, content, idempotency_key="key-of-jun"), 422, "key_used")


def test_the_same_key_with_the_same_content_is_no_mistake(town):
    before = town.stored()

    again = town.claim("key-of-jun", email="jun@example.kr")

    assert again.json == town.jun
    assert town.stored() == before


RAW = {
    "nothing": (b"", 400, "not_json"),
    "no JSON": (b"{", 400, "not_json"),
    "not UTF-8": (b'{"channel": "\xff"}', 400, "not_json"),
    "half a character": (b'{"channel": "hall", "name": "\\ud800", "email": "a@example.kr"}', 400, "not_json"),
    "a list": (b"[]", 422, "json_shape"),
    "a wall of brackets": (b"[" * 60_000, 422, "json_shape"),
    "a megabyte": (b'{"channel": "' + b"a" * MB + b'"}', 413, "too_large"),
}


@pytest.mark.parametrize(("body", "status", "key"), RAW.values(), ids=RAW)
def test_a_body_that_is_none(town, body, status, key):
    is_refused(town, lambda c: c.post(API, body, idempotency_key="key-of-nobody"), status, key)


def test_a_form_is_not_json(town):
    own = {"idempotency_key": "key-of-nobody"}

    is_refused(town, lambda c: c.form(API, {"channel": "hall"}, **own), 400, "not_json")


def test_before_the_opening_there_is_no_number(town):
    content = {"channel": "hall"}
    early = "/api/v1/conferences/early/registrations"

    is_refused(town, lambda c: c.post(early, content, idempotency_key="key-of-nobody"), 409, "not_open")


def test_a_conference_nobody_made(town):
    nowhere = "/api/v1/conferences/nowhere/registrations"

    is_refused(
        town, lambda c: c.post(nowhere, {"channel": "hall"}, idempotency_key="key-of-me"), 404, "conference_unknown"
    )


METHODS = [("GET", API), ("PUT", API), ("PATCH", API), ("DELETE", API), ("GET", f"{API}/x"), ("POST", f"{API}/x"),
           ("PUT", f"{API}/x")]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), METHODS, ids=[f"{m} {p[30:]}" for m, p in METHODS])
def test_a_method_that_is_not_for_this(town, method, path):
    path = path.replace("/x", f"/{town.jun['claim']}")
    if (method, path.count("/")) == ("GET", API.count("/") + 1):
        assert town.client().get(path).status == 200
        return

    is_refused(town, lambda c: c.send(method, path, b"{}", {"content_type": "application/json"}), 400, "method")


# ---- another's claim


def test_somebody_elses_claim_is_not_found_by_guessing(town):
    for guess in ("nobody-made-this", town.jun["claim"][:-1], town.jun["claim"].swapcase(), "1", "a" * 500):
        is_refused(town, lambda c, guess=guess: c.delete(f"{API}/{guess}"), 404, "claim_unknown")


def test_a_claim_of_another_conference_is_not_given_up_here(town):
    is_refused(town, lambda c: c.delete(f"{API}/{town.elsewhere['claim']}"), 404, "claim_unknown")


def test_another_sites_page_gives_nothing_up(town):
    path = f"{API}/{town.jun['claim']}"

    is_refused(town, lambda c: c.delete(path, origin="https://evil.example"), 403, "other_site")


# ---- pages

FORM = {"wish": "hall", "seats": "1", "idempotency_key": "key-of-nobody"}
FIELDS = {
    "10,000 seats": ({"seats": "10000"}, 422, "party"),
    "five": ({"seats": "5"}, 422, "party"),
    "Arabic digits": ({"seats": "\u0662"}, 422, "party"),
    "a word": ({"seats": "two"}, 422, "party"),
    "a million digits": ({"seats": "9" * 30_000}, 422, "party"),
    "no wish": ({"wish": ""}, 422, "wish"),
    "no key": ({"idempotency_key": ""}, 422, "idempotency_key"),
    "a code nobody gave": ({"invitation": "ABCDEFGHJK"}, 404, "invitation_unknown"),
    "another content": ({"idempotency_key": "key-of-jun", "seats": "3"}, 422, "key_used"),
}


@pytest.mark.parametrize(("change", "status", "key"), FIELDS.values(), ids=FIELDS)
def test_a_form_that_cannot_be(town, change, status, key):
    is_refused(town, lambda c: c.form(PAGE, {**FORM, **change}), status, key)


SITES = {
    "another site": {"origin": "https://evil.example"},
    "a sandbox": {"origin": "null"},
    "a neighbour's port": {"origin": "http://127.0.0.1:1"},
    "an address that is none": {"origin": "http://["},
    "cross-site by the browser's word": {"origin": "", "sec_fetch_site": "cross-site"},
    "same site, other host": {"origin": "", "sec_fetch_site": "same-site"},
}


@pytest.mark.parametrize("headers", SITES.values(), ids=SITES)
@pytest.mark.parametrize("path", [PAGE, "/e/hanbit/ticket/{}/give-up", "/e/hanbit/ticket/{}/form"])
def test_another_sites_form(town, headers, path):
    path = path.format(town.jun["claim"])
    own = {"content_type": "application/x-www-form-urlencoded", **{k: v for k, v in headers.items() if v}}

    is_refused(town, lambda c: c.send("POST", path, urlencode(FORM).encode(), own), 403, "other_site")


@pytest.mark.parametrize(
    ("act", "key", "status"),
    [("accept", "no_offer", 409), ("explode", "not_found", 404), ("form", "consent_place", 422)],
)
def test_an_act_that_is_not_ones_turn(town, act, key, status):
    path = f"/e/hanbit/ticket/{town.sato['claim']}/{act}"

    is_refused(town, lambda c: c.form(path, {"name": "Sato", "email": "sato@example.kr"}), status, key)


def test_a_form_for_somebody_elses_address(town):
    fields = {"name": "Sato", "email": "jun@example.kr", "consent_email": "1"}
    path = f"/e/hanbit/ticket/{town.sato['claim']}/form"

    is_refused(town, lambda c: c.form(path, fields), 409, "already_registered")


def test_a_claim_nobody_made_is_not_changed(town):
    for act in ("give-up", "accept", "online", "hall", "again"):
        is_refused(
            town, lambda c, act=act: c.form(f"/e/hanbit/ticket/nobody-made-this/{act}", {}), 404, "claim_unknown"
        )


def test_a_confirmation_nobody_was_sent(town):
    is_refused(town, lambda c: c.form("/e/hanbit/confirm/nobody-got-this", {}), 404, "link_expired")
    is_refused(town, lambda c: c.get("/e/hanbit/confirm/nobody-got-this"), 404, "link_expired")


def test_a_claim_is_not_made_by_looking(town):
    for path in (PAGE, f"{PAGE}?{urlencode(FORM)}", f"/e/hanbit/ticket/{town.jun['claim']}"):
        before = town.stored()
        assert town.client().get(path).status == 200
        assert town.stored() == before


def test_thousands_of_fields(town):
    fields = {**FORM, **{f"companion_{n}": "Linh" for n in range(2500)}}

    is_refused(town, lambda c: c.form(PAGE, fields), 400, "bad_request")


def test_a_form_of_a_megabyte(town):
    is_refused(town, lambda c: c.form(PAGE, {**FORM, "name": "a" * MB}), 413, "too_large")


def test_a_body_without_an_end_is_not_waited_for_and_makes_no_claim(town):
    before = town.stored()
    head = (
        f"POST {API} HTTP/1.1\r\nHost: 127.0.0.1:{town.server.port}\r\nContent-Type: application/json\r\n"
        "Idempotency-Key: key-of-nobody\r\nContent-Length: 60\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", town.server.port)) as line:
        line.sendall(head.encode() + b'{"channel": "hall"')

    assert town.client().get("/e/hanbit").status == 200
    assert town.stored() == before


def test_more_than_it_says_is_not_read(town):
    """A length that is a lie, in chunks: the answer comes before the end of the body."""
    with socket.create_connection(("127.0.0.1", town.server.port), timeout=10) as line:
        line.sendall(
            f"POST {API} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            "Transfer-Encoding: chunked\r\n\r\n".encode()
        )
        line.sendall(b"%x\r\n" % (100 * 1024) + b"a" * 100 * 1024 + b"\r\n")
        answer = HTTPResponse(line)
        answer.begin()
        assert (answer.status, json.loads(answer.read())["error"]["key"]) == (413, "too_large")


# ---- one device


def test_a_thousand_claims_from_one_phone_are_one_place(town):
    phone = town.client()
    first = phone.form(PAGE, {**FORM, "wish": "online", "idempotency_key": "key-of-phone-0"})
    before = town.stored()

    tickets = {
        phone.form(PAGE, {**FORM, "wish": "online", "idempotency_key": f"key-of-phone-{n}"}).location
        for n in range(1, 1000)
    }

    assert tickets == {first.location}
    assert town.stored() == before


def test_an_office_shares_a_phone_and_a_robot_stops_at_eight(town):
    cookie = "device=one-phone-of-an-office"

    def claim(number):
        content = {"name": "P", "email": f"office-{number}@example.kr", "channel": "online"}
        return town.client().post(API, content, idempotency_key=f"key-of-office-{number}", cookie=cookie)

    answers = [claim(number) for number in range(8)]
    before = town.stored()
    refused = [claim(number) for number in range(8, 30)]

    assert {a.status for a in answers} == {200}
    assert len({a.json["seq"] for a in answers}) == 8
    assert {(a.status, a.json["error"]["key"]) for a in refused} == {(429, "device_limit")}
    assert town.stored() == before


# ---- organisers


def test_the_desk_is_for_who_has_its_key(town):
    path = f"/host/e/hanbit/registrations/{town.jun['claim']}"
    browser = town.client()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', browser.get("/e/hanbit").text)
    fields = {"act": "give_up", **({"csrfmiddlewaretoken": token[1]} if token else {})}

    before = town.stored()
    assert browser.form(path, fields).status == 403
    assert browser.get("/host/e/hanbit?key=wrong").status in {401, 403}
    assert town.stored() == before


# ---- receipts


def test_a_receipt_with_any_byte_changed_is_none(town):
    word = town.jun["receipt"]
    public = town.client().get("/e/hanbit/order.json").json["key"]
    assert read_receipt(word, public).seq == town.jun["seq"]

    believed = {}
    for at, letter in enumerate(word):
        for other in {"A", "b", "-", ".", "\xe9"} - {letter}:
            told = receipt_of(word[:at] + other + word[at + 1 :], public)
            if told not in {"receipt_shape", "receipt_signature"}:
                believed[at] = told

    # Base 64 ends in bits that mean nothing: another last letter may be the same signature of the same content.
    assert set(believed.values()) <= {read_receipt(word, public)}
    assert set(believed) <= {word.index(".") - 1, len(word) - 1}


def receipt_of(word, public):
    """The receipt, or the key of its refusal."""
    try:
        return read_receipt(word, public)
    except Refusal as refusal:
        return refusal.key


@pytest.mark.parametrize("change", [lambda w: w[:-5], lambda w: w + "A", lambda w: "x", lambda w: w.replace(".", ".."),
                                    lambda w: "e30." + w.split(".")[1], lambda w: "\x00" * 9])  # fmt: skip
def test_the_page_says_what_is_wrong_with_a_receipt(town, change):
    changed = change(town.jun["receipt"])
    path = f"/e/hanbit/order?{urlencode({'receipt': changed})}"
    answer = town.client().get(path)

    assert answer.status == 422
    assert sum(MESSAGES[k] in answer.text for k in ("receipt_shape", "receipt_signature")) == 1


def test_a_receipt_of_another_conference_says_so(town):
    answer = town.client().get(f"/e/hanbit/order?{urlencode({'receipt': town.elsewhere['receipt']})}")

    assert answer.status == 200
    assert "다른 행사의 접수증이에요" in answer.text


# ---- last: nothing of all this was stored


def test_after_all_this_the_hall_is_as_it_was(town):
    before = town.stored()["conference_registration"]

    assert len(before) == 4 + 1 + 8
    assert "Traceback" not in town.server.log
