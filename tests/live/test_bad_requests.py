"""Whatever is refused is refused by name, in the reader's language, and leaves nothing behind."""

import json
import re
import socket
import sqlite3
from base64 import urlsafe_b64encode
from contextlib import closing
from http.client import HTTPResponse, RemoteDisconnected
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from tests.serving import Server

HANGUL = re.compile("[가-힣]")
MB = 1024 * 1024
ASTRONAUT = "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{ROCKET}"
FAMILY = "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}\u200d\N{BOY}"


class Town:
    """One server with a conversation in every moment that can refuse something."""

    def __init__(self, server):
        self.server = server
        self.room = server.conversation(seeds=["하나", "둘", "셋"], begin=True)
        self.other = server.conversation(seeds=["가", "나", "다", "라", "마"], begin=True)
        self.coded = server.conversation(seeds=["하나"], begin=True, policy="code")
        self.ended = server.conversation(seeds=["하나", "둘"], policy="code")
        self.balloting = server.conversation(seeds=["하나", "둘"], begin=True)
        server.run_cli("conference", "new", "--slug", "hall", "--seats", "2")
        server.run_cli("conference", "new", "--slug", "early", "--opens", "2199-01-01T00:00:00+09:00")
        self.phone = self.joined(self.room)
        self.neighbour = self.joined(self.other)
        self.balloter = self.joined(self.balloting)
        self.used_code, self.late_code = self.codes(self.coded, 1)[0], self.codes(self.ended, 1)[0]
        assert server.client().post(join(self.coded), {"seat_code": self.used_code}).status == 200
        self.register("hall", "first@example.kr", "key-of-the-first")
        self.refused_statement = self.write_and_refuse()
        self.go_on()

    def joined(self, room, **body):
        phone = self.server.client()
        assert phone.post(join(room), body).status == 200
        return phone

    def codes(self, room, count):
        made = self.server.host(room).post(
            f"/api/v1/host/conversations/{room.code}/codes", {"count": count, "channel": "hall"}
        )
        assert made.status == 201
        return made.json["codes"]

    def register(self, slug, email, key, **changes):
        answer = register(self.server.client(), slug, key, email=email, **changes)
        assert answer.status == 200, answer.text
        return answer

    def write_and_refuse(self):
        number = self.phone.post(statements(self.room), {"text": "내려갈 의견"}).json["id"]
        assert decide(self.server.host(self.room), self.room, number, "refuse", "advert").status == 200
        return number

    def go_on(self):
        """One conversation goes on to its ballot, another past it."""
        server = self.server
        assert server.host(self.ended).submit(f"/host/c/{self.ended.code}/rules", SIGN_WITHOUT_GRACE).status == 302
        self.latecomer = self.joined(self.ended, seat_code=self.late_code)
        for room, phone in ((self.balloting, self.balloter), (self.ended, self.latecomer)):
            assert phone.post(votes(room), {"votes": [vote(1), vote(2)]}).status == 200
            assert server.act(room, "close_round").status == 200
        for room in (self.balloting, self.ended):
            server.until(room, "where")
            assert server.act(room, "open_shortlist").status == 200
        for room in (self.balloting, self.ended):
            server.until(room, "shortlist")
        self.late_ticket = re.search(
            r'name="round_ticket" value="([^"]+)"', self.latecomer.get(f"/c/{self.ended.code}").text
        )[1]
        assert server.act(self.ended, "close_round").status == 200
        server.until(self.ended, "result")  # nobody answered, so there is no slate

    def as_read_by(self, language, phone):
        """The same phone in the hands of somebody who reads another language."""
        reader = self.server.client(accept_language=language)
        reader.cookies = dict(phone.cookies)
        return reader

    def stored(self):
        """Everything in the database, as SQL."""
        with closing(sqlite3.connect(f"file:{self.server.database}?mode=ro", uri=True)) as connection:
            return "\n".join(connection.iterdump())


SIGN_WITHOUT_GRACE = {"grace_s": "0", "act": "sign"}


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("bad")) as server:
        yield Town(server)


def join(room):
    return f"/api/v1/conversations/{room.code}/join"


def votes(room):
    return f"/api/v1/conversations/{room.code}/votes"


def ballots(room):
    return f"/api/v1/conversations/{room.code}/ballots"


def statements(room):
    return f"/api/v1/conversations/{room.code}/statements"


def host(room, end=""):
    return f"/api/v1/host/conversations/{room.code}{end}"


def decide(program, room, number, decision, reason=""):
    return program.post(host(room, f"/statements/{number}"), {"decision": decision, "reason": reason})


def vote(statement=1, value=1, **more):
    return {"id": f"vote-{statement}", "statement": statement, "value": value, **more}


def ballot(line, value=1):
    return {"id": f"ballot-{line}", "line": line, "value": value}


def register(program, slug, key="key-of-somebody", **changes):
    body = {"name": "이름", "email": "somebody@example.kr", "channel": "hall", **changes}
    return program.post(f"/api/v1/conferences/{slug}/registrations", body, idempotency_key=key)


def cast(*given, **more):
    """The phone of the first conversation votes there."""
    return lambda town, phone: phone.post(votes(town.room), {"votes": list(given), **more})


def with_cookie(value_of):
    """A vote with another cookie under the conversation's name."""

    def send(town, phone):
        name = f"voice_{town.room.code}"
        phone.cookies = {name: value_of(town, phone.cookies[name])}
        return phone.post(votes(town.room), {"votes": [vote()]})

    return send


def forged(_town, own):
    number, _, _mac = own.partition(".")
    return f"{number}.{urlsafe_b64encode(bytes(18)).decode()}"


def round_ticket_of_the_neighbour(town):
    deck = town.neighbour.get(f"/api/v1/conversations/{town.other.code}/deck").json
    return deck["round_ticket"]


def written(text, **more):
    return lambda town, phone: phone.post(statements(town.room), {"text": text, **more})


def registered(*, slug="hall", key="key-of-somebody", **changes):
    return lambda town, phone: register(phone, slug, key, **changes)


def entered(seat_code, room="coded"):
    return lambda town, phone: phone.post(join(getattr(town, room)), {"seat_code": seat_code})


def by_the_host(send):
    """The host's own program does it."""

    def sent(town, phone):
        program = town.server.host(town.room)
        program.headers["accept-language"] = phone.headers["accept-language"]
        return send(town, program)

    return sent


VOTING = {
    "a code that is not there": (
        lambda town, phone: phone.post("/api/v1/conversations/ZZZZZZ/votes", {"votes": [vote()]}),
        404, "code_unknown",
    ),
    "a code in another script": (
        lambda town, phone: phone.post("/api/v1/conversations/%EC%98%A8%EB%88%84/votes", {"votes": [vote()]}),
        404, "code_unknown",
    ),
    "a statement that is not there": (cast(vote(999)), 404, "statement_unknown"),
    "a statement of another conversation": (cast(vote(5)), 404, "statement_unknown"),
    "a statement beyond every number": (cast(vote(2**70)), 404, "statement_unknown"),
    "a statement that was refused": (
        lambda town, phone: phone.post(votes(town.room), {"votes": [vote(town.refused_statement)]}),
        404, "statement_gone",
    ),
    "one bad vote among good ones": (cast(vote(1), vote(2), vote(999)), 404, "statement_unknown"),
    "a vote of 7": (cast(vote(value=7)), 422, "vote_value"),
    "a vote of minus 7": (cast(vote(value=-7)), 422, "vote_value"),
    "a vote in words": (cast(vote(value="agree")), 422, "json_shape"),
    "a vote of nothing": (cast(vote(value=None)), 422, "json_shape"),
    "a vote of a half": (cast(vote(value=0.5)), 422, "json_shape"),
    "a vote without an id": (cast({"statement": 1, "value": 1}), 422, "json_shape"),
    "a vote with an endless id": (cast({**vote(), "id": "x" * 65}), 422, "json_shape"),
    "no vote": (cast(), 422, "vote_count"),
    "51 votes": (cast(*(vote() for _ in range(51))), 422, "vote_count"),
    "somebody else's voice in the body": (cast(vote(), voice=7), 422, "json_shape"),
    "somebody else's voice in the vote": (cast(vote(voice=7)), 422, "json_shape"),
    "broken JSON": (lambda town, phone: phone.post(votes(town.room), b'{"votes": ['), 400, "not_json"),
    "no body": (lambda town, phone: phone.post(votes(town.room), b""), 400, "not_json"),
    "a list": (lambda town, phone: phone.post(votes(town.room), [vote()]), 422, "json_shape"),
    "half a character": (
        lambda town, phone: phone.post(votes(town.room), rb'{"votes": [{"id": "\ud800", "statement": 1, "value": 1}]}'),
        400, "not_json",
    ),
    "bytes that are no text": (
        lambda town, phone: phone.post(votes(town.room), b'{"votes": [{"id": "\xff", "statement": 1, "value": 1}]}'),
        400, "not_json",
    ),
    "a body of 10 MB": (lambda town, phone: phone.post(votes(town.room), b" " * 10 * MB), 413, "too_large"),
    "no cookie": (
        lambda town, phone: town.as_read_by(phone.headers["accept-language"], town.server.client()).post(
            votes(town.room), {"votes": [vote()]}
        ),
        401, "no_voice",
    ),
    "the cookie of another conversation": (
        with_cookie(lambda town, _own: town.neighbour.cookies[f"voice_{town.other.code}"]), 401, "no_voice",
    ),
    "a forged cookie": (with_cookie(forged), 401, "no_voice"),
    "a cookie with somebody's number": (
        with_cookie(lambda _town, own: "7." + own.partition(".")[2]), 401, "no_voice",
    ),
    "a cookie of nothing": (with_cookie(lambda _town, _own: ""), 401, "no_voice"),
    "a cookie of digits only": (with_cookie(lambda _town, _own: "1" * 5000), 401, "no_voice"),
    "the round ticket of another conversation": (
        lambda town, phone: cast(vote(), round_ticket=round_ticket_of_the_neighbour(town))(town, phone),
        422, "round_ticket",
    ),
    "a round ticket of one's own making": (cast(vote(), round_ticket="1.AAAAAAAAAAAAAAAA"), 422, "round_ticket"),
    "an answer after the round": (
        lambda town, phone: town.as_read_by(phone.headers["accept-language"], town.latecomer).post(
            votes(town.ended), {"votes": [vote()]}
        ),
        409, "round_closed",
    ),
    "a vote while the ballot runs": (
        lambda town, phone: town.as_read_by(phone.headers["accept-language"], town.balloter).post(
            votes(town.balloting), {"votes": [vote()]}
        ),
        409, "round_closed",
    ),
    "a vote from another site": (
        lambda town, phone: phone.post(votes(town.room), {"votes": [vote()]}, origin="https://elsewhere.example"),
        403, "other_site",
    ),
    "a vote from nowhere": (
        lambda town, phone: phone.post(votes(town.room), {"votes": [vote()]}, origin="null"), 403, "other_site",
    ),
    "a vote another site's page sends": (
        lambda town, phone: phone.post(votes(town.room), {"votes": [vote()]}, sec_fetch_site="cross-site"),
        403, "other_site",
    ),
    "a vote that does not say that it is JSON": (
        lambda town, phone: phone.post(votes(town.room), {"votes": [vote()]}, content_type="text/plain"),
        400, "not_json",
    ),
    "a vote of our own site that does not say that it is JSON": (
        lambda town, phone: phone.post(
            votes(town.room), {"votes": [vote()]}, content_type="text/plain", origin=town.server.url
        ),
        400, "not_json",
    ),
    "reading where one votes": (lambda town, phone: phone.get(votes(town.room)), 400, "method"),
    "reading where one joins": (lambda town, phone: phone.get(join(town.room)), 400, "method"),
    "reading where one ballots": (lambda town, phone: phone.get(ballots(town.room)), 400, "method"),
    "deleting where one votes": (lambda town, phone: phone.delete(votes(town.room)), 400, "method"),
    "writing where one reads the deck": (
        lambda town, phone: phone.post(f"/api/v1/conversations/{town.room.code}/deck", {}), 400, "method",
    ),
    "a deck without a voice": (
        lambda town, phone: town.as_read_by(phone.headers["accept-language"], town.server.client()).get(
            f"/api/v1/conversations/{town.room.code}/deck"
        ),
        401, "no_voice",
    ),
}  # fmt: skip

BALLOTING = {
    "a ballot in a vote round": (
        lambda town, phone: phone.post(ballots(town.room), {"ballots": [ballot(1)]}), 409, "round_closed",
    ),
    **{
        f"a ballot: {name}": (
            lambda town, phone, body=body: town.as_read_by(phone.headers["accept-language"], town.balloter).post(
                ballots(town.balloting), body
            ),
            status, key,
        )
        for name, body, status, key in (
            ("a line that is no candidate", {"ballots": [ballot(1), ballot(999)]}, 404, "line_unknown"),
            ("the whole, which is not put yet", {"ballots": [ballot(0)]}, 404, "line_unknown"),
            ("7", {"ballots": [ballot(1, 7)]}, 422, "vote_value"),
            ("none", {"ballots": []}, 422, "vote_count"),
            ("51", {"ballots": [ballot(1)] * 51}, 422, "vote_count"),
        )
    },
    "a ballot after the grace": (
        lambda town, phone: town.as_read_by(phone.headers["accept-language"], town.latecomer).post(
            ballots(town.ended), {"ballots": [ballot(1)], "round_ticket": town.late_ticket}
        ),
        409, "too_late",
    ),
    "a ballot after the round, without its ticket": (
        lambda town, phone: town.as_read_by(phone.headers["accept-language"], town.latecomer).post(
            ballots(town.ended), {"ballots": [ballot(1)]}
        ),
        409, "round_closed",
    ),
}  # fmt: skip

JOINING = {
    "a conversation that is not there": (
        lambda town, phone: phone.post("/api/v1/conversations/ZZZZZZ/join", {}), 404, "code_unknown",
    ),
    "no code where one is needed": (entered(""), 403, "ticket_needed"),
    "a code that is not there": (entered("AAAAAAAA"), 404, "seat_code_unknown"),
    "a code of NUL": (entered("\x00"), 403, "ticket_needed"),
    "a code used twice": (
        lambda town, phone: phone.post(join(town.coded), {"seat_code": town.used_code}), 409, "code_used",
    ),
    "half a character": (
        lambda town, phone: phone.post(join(town.coded), rb'{"seat_code": "\udc00"}'), 400, "not_json",
    ),
    "a channel of one's own choice": (
        lambda town, phone: phone.post(join(town.other), {"channel": "hall"}), 422, "json_shape",
    ),
    "from another site": (
        lambda town, phone: phone.post(join(town.other), {}, origin="https://elsewhere.example"), 403, "other_site",
    ),
}  # fmt: skip

INVISIBLE = {
    "nothing": "",
    "spaces": " \t\n ",
    "joiners": "\u200b\u200d\u2060\ufeff",
    "marks without a letter": "\ufe0f\u0301",
    "a soft hyphen": "\u00ad",
    "the Hangul filler": "\u3164",
    "old Hangul fillers": "\u115f\u1160",
    "the halfwidth filler": "\uffa0",
    "blank braille": "\u2800",
}

WRITING = {
    **{f"a statement of {name}": (written(text), 422, "text_blank") for name, text in INVISIBLE.items()},
    "301 characters": (written("가" * 301), 422, "text_too_long"),
    "301 emoji with joiners": (written(ASTRONAUT * 301), 422, "text_too_long"),
    "NUL": (written("하나\x00둘"), 422, "text_not_unicode"),
    "half a character": (
        lambda town, phone: phone.post(statements(town.room), rb'{"text": "\ud800"}'), 400, "not_json",
    ),
    "the other half": (
        lambda town, phone: phone.post(statements(town.room), rb'{"text": "\udc00"}'), 400, "not_json",
    ),
    "what is there already": (written(" 하나 "), 409, "same_text"),
    "a language nobody speaks": (written("새 의견", lang="xx"), 422, "language"),
    "as somebody else": (written("새 의견", author=7), 422, "json_shape"),
    "300 KB": (written("가" * 100_000), 413, "too_large"),
    "2 MB": (written("가" * 700_000), 413, "too_large"),
    "without a voice": (
        lambda town, phone: town.as_read_by(phone.headers["accept-language"], town.server.client()).post(
            statements(town.room), {"text": "새 의견"}
        ),
        401, "no_voice",
    ),
    "in a conversation that is not there": (
        lambda town, phone: phone.post("/api/v1/conversations/ZZZZZZ/statements", {"text": "새 의견"}),
        404, "code_unknown",
    ),
    "while the ballot runs": (
        lambda town, phone: town.as_read_by(phone.headers["accept-language"], town.balloter).post(
            statements(town.balloting), {"text": "새 의견"}
        ),
        409, "writing_over",
    ),
    "from another site": (
        lambda town, phone: phone.post(statements(town.room), {"text": "새"}, origin="https://elsewhere.example"),
        403, "other_site",
    ),
    "reading where one writes": (lambda town, phone: phone.get(statements(town.room)), 400, "method"),
}  # fmt: skip

REGISTERING = {
    "a conference that is not there": (registered(slug="nowhere"), 404, "conference_unknown"),
    "before it opens": (registered(slug="early"), 409, "not_open"),
    "an address that is none": (registered(email="name at example"), 422, "email"),
    "an address with NUL": (registered(email="na\x00me@example.kr"), 422, "email"),
    "a second place for one address": (registered(email="First@Example.kr"), 409, "already_registered"),
    "five seats": (registered(seats=5), 422, "party"),
    "no seat": (registered(seats=0), 422, "party"),
    "no name": (registered(name="  "), 422, "text_blank"),
    "a name of NUL": (registered(name="이\x00름"), 422, "text_not_unicode"),
    "a name of 81 characters": (registered(name="이" * 81), 422, "text_too_long"),
    "no key": (registered(key=""), 422, "idempotency_key"),
    "a short key": (registered(key="1234567"), 422, "idempotency_key"),
    "a key of 65 characters": (registered(key="1" * 65), 422, "idempotency_key"),
    "a place on the moon": (registered(channel="moon"), 422, "wish"),
    "a seat of one's own choice": (registered(seat_number=1), 422, "json_shape"),
    "a key used for somebody else": (registered(key="key-of-the-first"), 422, "key_used"),
    "giving up what nobody claimed": (
        lambda town, phone: phone.delete("/api/v1/conferences/hall/registrations/nobody"), 404, "claim_unknown",
    ),
    "asking for what nobody claimed": (
        lambda town, phone: phone.get("/api/v1/conferences/hall/registrations/nobody"), 404, "claim_unknown",
    ),
    "reading where one registers": (
        lambda town, phone: phone.get("/api/v1/conferences/hall/registrations"), 400, "method",
    ),
}  # fmt: skip

HOSTING = {
    "without a key": (lambda town, phone: phone.get(host(town.room)), 403, "host_only"),
    "with a wrong key": (
        lambda town, phone: phone.post(
            host(town.room, "/act"), {"action": "close_round"}, authorization="Bearer wrong"
        ),
        403, "host_only",
    ),
    "with the key of another conversation": (
        lambda town, phone: phone.post(
            host(town.room, "/act"), {"action": "close_round"}, authorization=f"Bearer {town.other.key}"
        ),
        403, "host_only",
    ),
    "a conversation that is not there": (
        by_the_host(lambda town, program: program.get("/api/v1/host/conversations/ZZZZZZ")), 404, "code_unknown",
    ),
    "what is not possible now": (
        by_the_host(lambda town, program: program.post(host(town.room, "/act"), {"action": "open_ratification"})),
        409, "not_now",
    ),
    "what nobody can do": (
        by_the_host(lambda town, program: program.post(host(town.room, "/act"), {"action": "choose"})), 400, "method",
    ),
    "publishing before there is anything": (
        by_the_host(lambda town, program: program.post(host(town.room, "/act"), {"action": "publish"})),
        409, "not_now",
    ),
    "no codes": (
        by_the_host(lambda town, program: program.post(host(town.room, "/codes"), {"count": 0})), 422, "count",
    ),
    "a million codes": (
        by_the_host(lambda town, program: program.post(host(town.room, "/codes"), {"count": 10**6})), 422, "count",
    ),
    "codes for the moon": (
        by_the_host(lambda town, program: program.post(host(town.room, "/codes"), {"count": 1, "channel": "moon"})),
        422, "wish",
    ),
    "deciding on a statement that is not there": (
        by_the_host(lambda town, program: decide(program, town.room, 999, "accept")), 404, "statement_unknown",
    ),
    "deciding twice": (
        by_the_host(lambda town, program: decide(program, town.room, town.refused_statement, "accept")),
        409, "already_decided",
    ),
    "a key pressed by another site": (
        by_the_host(
            lambda town, program: program.post(
                host(town.room, "/act"), {"action": "close_round"}, origin="https://elsewhere.example"
            )
        ),
        403, "other_site",
    ),
    "reading where keys are pressed": (
        by_the_host(lambda town, program: program.get(host(town.room, "/act"))), 400, "method",
    ),
}  # fmt: skip

EVERY = {
    f"{place}: {name}": row
    for place, rows in (
        ("voting", VOTING),
        ("balloting", BALLOTING),
        ("joining", JOINING),
        ("writing", WRITING),
        ("registering", REGISTERING),
        ("hosting", HOSTING),
    )
    for name, row in rows.items()
}


@pytest.mark.parametrize(("send", "status", "key"), EVERY.values(), ids=EVERY)
def test_a_bad_request_is_refused_by_name_and_leaves_nothing_behind(town, send, status, key):
    before = town.stored()

    answer = send(town, town.as_read_by("ko", town.phone))

    assert (answer.status, answer.json["error"]["key"]) == (status, key)
    assert answer.json.keys() == {"ok", "error"}
    assert answer.json["ok"] is False
    assert answer.json["error"].keys() <= {"key", "message", "field", "id"}
    assert is_korean(answer.json["error"]["message"])
    assert town.stored() == before


@pytest.mark.parametrize(("send", "status", "key"), EVERY.values(), ids=EVERY)
def test_the_reason_is_told_in_english_to_who_reads_english(town, send, status, key):
    answer = send(town, town.as_read_by("en-GB,en;q=0.8", town.phone))

    assert (answer.status, answer.json["error"]["key"]) == (status, key)
    assert is_english(answer.json["error"]["message"])


def is_korean(sentence):
    return bool(HANGUL.search(sentence)) and "{" not in sentence


def is_english(sentence):
    return " " in sentence and not HANGUL.search(sentence) and "{" not in sentence


@pytest.mark.parametrize("address", [votes, statements], ids=["hot", "page"])
def test_what_one_has_chosen_goes_before_what_the_browser_says(town, address):
    phone = town.server.client(accept_language="ko")
    phone.cookies["lang"] = "en"

    answer = phone.post(address(town.room), {})

    assert is_english(answer.json["error"]["message"])


@pytest.mark.parametrize("address", [votes, statements], ids=["hot", "page"])
def test_who_says_no_language_is_answered_in_korean(town, address):
    answer = town.server.client().post(address(town.room), {})

    assert is_korean(answer.json["error"]["message"])


# --- what is large ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("framing", ["with its length", "in chunks"])
@pytest.mark.parametrize("address", [votes, statements], ids=["hot", "page"])
def test_after_ten_megabytes_the_connection_goes_on_or_ends_cleanly(town, address, framing):
    head = (
        f"POST {address(town.room)} HTTP/1.1\r\nHost: {town.phone.netloc}\r\nContent-Type: application/json\r\n"
        f"Cookie: {'; '.join(f'{k}={v}' for k, v in town.phone.cookies.items())}\r\n"
    )
    chunk = b"%x\r\n" % MB + b" " * MB + b"\r\n"
    body = b" " * 10 * MB if framing == "with its length" else chunk * 10 + b"0\r\n\r\n"
    length = f"Content-Length: {10 * MB}" if framing == "with its length" else "Transfer-Encoding: chunked"

    with closing(socket.create_connection(("127.0.0.1", town.server.port), timeout=20)) as line:
        line.sendall(f"{head}{length}\r\n\r\n".encode())
        first = sent_and_read(line, body)
        second = sent_and_read(line, f"GET /c/{town.room.code}/state.json HTTP/1.1\r\nHost: x\r\n\r\n".encode())

    assert first == 413
    assert second in {200, None}


def sent_and_read(line, what):
    """Send all of it, as a phone does that does not listen meanwhile; the status that comes, None at a clean end."""
    try:
        line.sendall(what)
    except BrokenPipeError:
        return None
    answer = HTTPResponse(line)
    try:
        answer.begin()
    except RemoteDisconnected:
        return None
    with answer:
        answer.read()
        return answer.status


def test_a_statement_in_chunks_is_read_like_any_other(town):
    phone = town.joined(town.room)

    answer = phone.send("POST", statements(town.room), iter([b'{"text": ', '"조각난 의견"}'.encode()]), JSON)

    assert (answer.status, answer.json["state"]) == (201, "waiting")


JSON = {"content_type": "application/json"}


# --- forms: they go back to their page, which says why -------------------------------------------------------


FORMS = {
    "without saying where it comes from": ({"statement": 1, "value": 1}, {"origin": ""}, "other_site"),
    "from another site": ({"statement": 1, "value": 1}, {"origin": "https://elsewhere.example"}, "other_site"),
    "a vote of 7": ({"statement": 1, "value": 7}, {}, "vote_value"),
    "a vote of nothing": ({"statement": 1}, {}, "vote_value"),
    "a statement that is not there": ({"statement": 999, "value": 1}, {}, "statement_unknown"),
    "a number without end": ({"statement": "9" * 5000, "value": 1}, {}, "vote_value"),
    "a digit that is none": ({"statement": "²", "value": 1}, {}, "vote_value"),
}


@pytest.mark.parametrize(("fields", "headers", "key"), FORMS.values(), ids=FORMS)
def test_a_bad_form_leads_back_to_its_page_which_says_why(town, fields, headers, key):
    before = town.stored()
    phone = town.as_read_by("ko", town.phone)

    answer = send_form(phone, f"/c/{town.room.code}/vote", fields, headers)
    there = phone.get(answer.location)

    assert answer.status == 303
    assert urlsplit(answer.location).path == f"/c/{town.room.code}"
    assert parse_qs(urlsplit(answer.location).query)["refused"] == [key]
    assert MESSAGE[key] in there.text
    assert town.stored() == before


MESSAGE = {
    "other_site": "다른 사이트에서 온 요청이라 받지 않았어요.",
    "vote_value": "답은 찬성, 모르겠어요, 반대 가운데 하나여야 해요.",
    "statement_unknown": "이 의견을 찾지 못했어요",
}


def send_form(phone, path, fields, headers):
    sent = {"origin": phone.url, **headers}
    return (
        phone.form(path, fields, **{k: v for k, v in sent.items() if v})
        if sent["origin"]
        else (phone.send("POST", path, b"statement=1&value=1", {"content_type": "application/x-www-form-urlencoded"}))
    )


@pytest.mark.parametrize("code", ["ZZZZZZ", "%EC%98%A8%EB%88%84%EB%A6%AC", "%0d%0aSet-Cookie:%20a=b", "%00"])
def test_a_form_of_a_conversation_that_is_not_there_leads_back_all_the_same(town, code):
    answer = town.phone.form(f"/c/{code}/vote", {"statement": 1, "value": 1})

    assert answer.status == 303
    assert unquote(urlsplit(answer.location).path) == f"/c/{unquote(code)}"
    assert "set-cookie" not in answer.headers
    assert town.phone.get(answer.location).status == 404


STRANGE_ADDRESSES = (
    "/c/{code}?statement=²",
    "/c/{code}?statement=" + "9" * 5000,
    "/c/{code}?refused=nonsense",
    "/c/{code}?refused=json_shape",
    "/c/%00",
    "/join?code=%00",
    "/join?code=%ff",
    "/live/ZZZZZZ",
    "/r/{code}",
    "/stage/ZZZZZZ",
    "/e/nowhere",
    "/e/hall/confirm/nothing",
    "/host/c/{code}",
    "/host/c/{code}?key=wrong",
    "/nowhere",
    "/nowhere.json",
    "/static/nothing.js",
)


@pytest.mark.parametrize("address", STRANGE_ADDRESSES, ids=[a[:40] for a in STRANGE_ADDRESSES])
def test_a_strange_address_is_answered_and_never_a_fault(town, address):
    path = address.format(code=town.room.code).replace("²", "%C2%B2")

    answer = town.phone.get(path)

    assert answer.status < 500
    assert "Traceback" not in answer.text


def test_a_host_name_that_is_none_is_not_a_fault(town):
    answer = town.phone.post(statements(town.room), {"text": "새 의견"}, host="no name!", origin="http://no name!")

    assert (answer.status, answer.json["ok"]) == (400, False)


# --- what is accepted, so that the tests above refuse for the right reason ----------------------------------


def test_a_vote_in_order_is_accepted(town):
    phone = town.joined(town.room)

    answer = phone.post(votes(town.room), {"votes": [vote(n) for n in (1, 2, 3)] * 16 + [vote(1), vote(2)]})

    assert answer.status == 200
    assert answer.json["accepted"] == 50


@pytest.mark.parametrize(
    "text", ["가" * 300, ASTRONAUT * 300, FAMILY * 300, "\u1100\u1162" * 300, "e\u0301" * 300, "🇰🇷" * 300],
    ids=["syllables", "astronauts", "families", "syllables in parts", "letters with accents", "flags"],
)  # fmt: skip
def test_three_hundred_characters_are_those_that_people_see(town, text):
    phone = town.joined(town.room)

    answer = phone.post(statements(town.room), {"text": text})

    assert (answer.status, answer.json["state"]) == (201, "waiting")


def test_who_joins_twice_with_one_phone_has_one_voice(town):
    phone = town.joined(town.other)
    first = dict(phone.cookies)

    assert phone.post(join(town.other), {}).status == 200

    assert phone.cookies == first


def test_the_same_registration_gets_the_same_answer(town):
    once = register(town.server.client(), "hall", "key-of-the-second", email="second@example.kr")

    again = register(town.server.client(), "hall", "key-of-the-second", email="second@example.kr")

    assert once.status == again.status == 200
    assert once.json == again.json


def test_the_fourth_statement_waits_for_ten_votes(town):
    phone = town.joined(town.other)
    for n in range(3):
        assert phone.post(statements(town.other), {"text": f"의견 {n}"}).status == 201

    answer = phone.post(statements(town.other), {"text": "의견 3"})

    assert (answer.status, answer.json["error"]["key"]) == (409, "write_later")
    assert json.loads(answer.body)["error"]["message"].startswith("답을 10개 더 하면")
