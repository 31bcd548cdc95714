"""What a hall is promised: nothing answered is lost, nothing counts twice, nothing of an open round is told."""

import asyncio
import json
import os
import random
import re
import sqlite3
import threading
import time
import uuid
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from tests.serving import Server

ALL_AT_ONCE = 2000
SEATS, CLAIMS = 150, 300
STREAMS = 50


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("promises")) as running:
        yield running


def api(room, end):
    return f"/api/v1/conversations/{room.code}/{end}"


def joined(server, room):
    phone = server.client()
    assert phone.post(api(room, "join"), {}).status == 200
    return phone


def vote(statement, value):
    return {"id": str(uuid.uuid4()), "statement": statement, "value": value}


def cast(phone, room, *votes, **more):
    answer = phone.post(api(room, "votes"), {"votes": [vote(*v) for v in votes], **more})
    assert answer.status == 200, answer.text
    return answer.json


def row_of(phone, room):
    """The row number of a phone's voice: its cookie carries it in clear, signed."""
    return int(phone.cookies[f"voice_{room.code}"].partition(".")[0])


def rows(server, sql, *values):
    with closing(sqlite3.connect(f"file:{server.database}?mode=ro", uri=True)) as connection:
        return connection.execute(sql, values).fetchall()


def votes_of(server, room):
    """(round, voice, statement) -> (value, late), as they lie on the disk."""
    found = rows(
        server,
        "SELECT r.number, v.voice_id, s.number, v.value, v.late FROM conversation_vote v "
        "JOIN conversation_round r ON r.id = v.round_id JOIN conversation_statement s ON s.id = v.statement_id "
        "JOIN conversation_conversation c ON c.id = r.conversation_id WHERE c.code = ?",
        room.code,
    )
    return {(r, voice, s): (value, late) for r, voice, s, value, late in found}


def landscape(server, room):
    return server.client().get(api(room, "landscape")).json["landscape"]


def counts(server, room, statement):
    told = landscape(server, room)["by_statement"][str(statement)]
    return told["agree"], told["pass"], told["disagree"]


class Line:
    """One phone's kept connection, for many phones at once."""

    def __init__(self, server, room=None):
        self.port = server.port
        self.code = "" if room is None else room.code
        self.cookie = ""

    async def __aenter__(self):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        return self

    async def __aexit__(self, *_):
        self.writer.close()

    async def join(self, **body):
        status, _ = await self.post(f"/api/v1/conversations/{self.code}/join", body)
        return status

    async def vote(self, *votes):
        body = {"votes": [vote(*v) for v in votes]}
        status, _ = await self.post(f"/api/v1/conversations/{self.code}/votes", body)
        return status

    async def post(self, path, content, **headers):
        body = json.dumps(content).encode()
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        self.writer.write(
            f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nCookie: {self.cookie}\r\n"
            f"{more}Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = int(re.search(r"content-length: (\d+)", head)[1])
        content = json.loads(await self.reader.readexactly(length))
        if (cookie := re.search(r"set-cookie: ([^;]+)", head)) is not None:
            self.cookie = cookie[1]
        return int(head.split(" ", 2)[1]), content

    @property
    def row(self):
        return int(self.cookie.partition("=")[2].partition(".")[0])


def all_at_once(work, within):
    """Run one coroutine of each, at the same time."""

    async def together():
        async with asyncio.timeout(within):
            return await asyncio.gather(*work)

    return asyncio.run(together())


# --- many at once -------------------------------------------------------------------------------------------


def test_two_thousand_first_votes_at_once_and_none_fails(server):
    room = server.conversation(seeds=["하나", "둘", "셋"], begin=True, policy="code")
    made = server.host(room).post(
        f"/api/v1/host/conversations/{room.code}/codes", {"count": ALL_AT_ONCE, "channel": "hall"}
    )

    async def first_vote(code):
        async with Line(server, room) as phone:
            return await phone.join(seat_code=code), await phone.vote((1, 1), (2, -1)), phone.row

    said = all_at_once([first_vote(code) for code in made.json["codes"]], within=60)

    voices = {row for _, _, row in said}
    assert [(joined, voted) for joined, voted, _ in said] == [(200, 200)] * ALL_AT_ONCE
    assert len(voices) == ALL_AT_ONCE
    assert votes_of(server, room) == {(1, v, s): (x, 0) for v in voices for s, x in ((1, 1), (2, -1))}
    assert server.host(room).get(f"/api/v1/host/conversations/{room.code}").json["turnout"]["hall"] == {
        "joined": ALL_AT_ONCE,
        "answered": ALL_AT_ONCE,
    }


def test_exactly_as_many_seats_as_there_are_and_the_rest_in_one_line(server):
    server.run_cli("conference", "new", "--slug", "hall", "--seats", str(SEATS))
    path = "/api/v1/conferences/hall/registrations"

    async def claim(number):
        body = {"name": f"이름 {number}", "email": f"{number}@example.kr", "channel": "hall"}
        async with Line(server) as phone:
            return await phone.post(path, body, idempotency_key=f"key-of-{number:04}")

    answers = all_at_once([claim(number) for number in range(CLAIMS)], within=60)
    again = all_at_once([claim(number) for number in range(0, CLAIMS, 50)], within=30)

    assert {status for status, _ in answers} == {200}
    in_order = sorted((claim for _, claim in answers), key=lambda c: c["seq"])
    assert [c["seq"] for c in in_order] == list(range(1, CLAIMS + 1))
    assert [c["place"] for c in in_order] == ["seat"] * SEATS + ["waiting"] * (CLAIMS - SEATS)
    assert [c["seat_number"] for c in in_order[:SEATS]] == list(range(1, SEATS + 1))
    assert [c["position"] for c in in_order[SEATS:]] == list(range(1, CLAIMS - SEATS + 1))
    assert again == answers[::50]


def test_who_gives_a_seat_up_seats_the_first_in_line(server):
    server.run_cli("conference", "new", "--slug", "small", "--seats", "2")
    path = "/api/v1/conferences/small/registrations"
    phone = server.client()
    claims = [
        phone.post(
            path,
            {"name": name, "email": f"{name}@example.kr", "channel": "hall"},
            idempotency_key=f"key-of-{name}",
        ).json["claim"]
        for name in ("mina", "jun", "linh", "sato", "olga")
    ]
    assert phone.delete(f"{path}/{claims[3]}").json["place"] == "given_up"

    assert phone.delete(f"{path}/{claims[0]}").json["place"] == "given_up"

    stands = [phone.get(f"{path}/{claim}").json for claim in claims]
    assert [(s["place"], s.get("seat_number"), s.get("position")) for s in stands] == [
        ("given_up", None, None),
        ("seat", 2, None),
        ("seat", 1, None),
        ("given_up", None, None),
        ("waiting", None, 1),
    ]


# --- what counts --------------------------------------------------------------------------------------------


def test_a_vote_that_is_sent_again_is_one_vote(server):
    room = server.conversation(seeds=["하나"], begin=True)
    phone = joined(server, room)
    body = {"votes": [vote(1, 1)]}

    answers = [phone.post(api(room, "votes"), body) for _ in range(3)]

    assert {(a.status, a.json["accepted"]) for a in answers} == {(200, 1)}
    assert votes_of(server, room) == {(1, row_of(phone, room), 1): (1, 0)}
    assert server.client().get(f"/c/{room.code}/state.json").json["turnout"]["answered"] == 1


@pytest.fixture(scope="module")
def shown(server):
    """A round is over and its landscape shown: one changed their mind in time, three answer only now."""

    room = server.conversation(seeds=["하나", "둘"], begin=True)
    mina, jun, linh, sato = (joined(server, room) for _ in range(4))
    ticket = linh.get(api(room, "deck")).json["round_ticket"]
    cast(mina, room, (1, 1), (2, 1))
    cast(mina, room, (1, -1))
    cast(jun, room, (1, -1), (2, 1))
    cast(sato, room, (1, 1), (2, 0))
    server.act(room, "close_round")
    server.until(room, "where")
    before = landscape(server, room)
    answer = cast(linh, room, (1, 1), (2, 1), round_ticket=ticket)
    cast(jun, room, (1, -1), round_ticket=ticket)
    cast(sato, room, (1, -1), (2, -1), round_ticket=ticket)
    return SimpleNamespace(room=room, mina=mina, jun=jun, linh=linh, sato=sato, before=before, answer=answer)


def test_a_changed_vote_counts_once_and_as_it_was_changed(server, shown):
    assert counts(server, shown.room, 1) == (1, 0, 2)
    assert counts(server, shown.room, 2) == (2, 1, 0)


def test_a_late_vote_is_kept_flagged_and_left_out(server, shown):
    linh = row_of(shown.linh, shown.room)

    assert shown.answer["late"] is True
    assert {k: v for k, v in votes_of(server, shown.room).items() if k[1] == linh} == {
        (1, linh, 1): (1, 1),
        (1, linh, 2): (1, 1),
    }
    assert same_but_age(landscape(server, shown.room), shown.before)


def same_but_age(one, other):
    return {**one, "age_s": 0} == {**other, "age_s": 0}


def test_a_vote_that_was_counted_is_not_taken_back_by_a_late_one(server, shown):
    """A phone that never heard "stored" sends again after the result; or somebody thinks better of it then."""
    jun, sato = row_of(shown.jun, shown.room), row_of(shown.sato, shown.room)
    on_disk = votes_of(server, shown.room)

    assert on_disk[1, jun, 1] == (-1, 0)
    assert (on_disk[1, sato, 1], on_disk[1, sato, 2]) == ((1, 0), (0, 0))


def test_late_votes_stay_out_of_the_next_landscape_too(server, shown):
    server.act(shown.room, "open_round")
    cast(shown.mina, shown.room, (2, -1))
    server.act(shown.room, "close_round")
    server.until(shown.room, "where")

    assert landscape(server, shown.room)["round"] == 2
    assert counts(server, shown.room, 1) == (1, 0, 2)
    assert counts(server, shown.room, 2) == (1, 1, 1)


def test_an_answer_taken_in_the_last_moment_counts_even_on_a_slow_disk(server):
    room = server.conversation(seeds=["하나"], begin=True)
    early, last = joined(server, room), joined(server, room)
    ticket = last.get(api(room, "deck")).json["round_ticket"]
    cast(early, room, (1, 1))
    said = []

    server.act(room, "close_round")
    with closing(sqlite3.connect(server.database, isolation_level=None)) as disk:
        disk.execute("BEGIN IMMEDIATE")
        sending = threading.Thread(target=lambda: said.append(cast(last, room, (1, -1), round_ticket=ticket)))
        sending.start()
        time.sleep(3)  # past the two seconds in which what was on its way still counts
        disk.execute("ROLLBACK")
    sending.join()
    server.until(room, "where")

    assert said[0]["late"] is False
    assert counts(server, room, 1) == (1, 0, 1)


# --- what is told -------------------------------------------------------------------------------------------


def test_no_figure_of_an_open_round_leaves_by_any_door(server):
    """Everybody changes their mind: only who is told more than the turnout could notice."""
    server.run_cli("conference", "new", "--slug", "told", "--seats", "10")
    room = server.conversation(seeds=["하나", "둘"], begin=True, conference="told")
    voters = [joined(server, room) for _ in range(7)]
    people = {"a stranger": server.client(), "a participant": joined(server, room), "the host": server.host(room)}
    cast(people["a participant"], room, (1, 0), (2, 0))
    for voter in voters:
        cast(voter, room, (1, 1), (2, -1))

    before = {(who, door): seen(phone, door) for who, phone in people.items() for door in doors(room)}
    with server.client().events(f"/live/{room.code}?as=visitor", timeout=2) as events:
        first = [next(events), next(events)]
        for voter in voters:
            cast(voter, room, (1, -1), (2, 1))
        after = {(who, door): seen(phone, door) for who, phone in people.items() for door in doors(room)}
        with pytest.raises(TimeoutError):
            next(events)
    with server.client().events(f"/live/{room.code}?as=visitor", timeout=2) as events:
        second = [next(events), next(events)]

    assert {place: status for place, (status, _) in before.items() if status >= 500} == {}
    assert [place for place in before if before[place] != after[place]] == []
    assert first == second
    server.act(room, "close_round")
    server.until(room, "where")
    assert counts(server, room, 1) == (0, 1, 7)


def doors(room):
    """Every address that a browser could open, from the site's own list, and those of the hot path."""
    from onnuri.web.urls import urlpatterns

    named = {"<str:code>": room.code, "<slug:slug>": "told", "<int:number>": "1"}
    addresses = [path_of(pattern, named) for pattern in flat(urlpatterns)]
    opened = [f"/{a}" for a in addresses if "<" not in a]
    assert f"/stage/{room.code}.json" in opened
    return [*opened, api(room, "deck")]


def flat(patterns):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from flat(pattern.url_patterns)
        else:
            yield pattern


def path_of(pattern, named):
    path = str(pattern.pattern)
    for name, value in named.items():
        path = path.replace(name, value)
    return path


def seen(phone, door):
    """An answer without what is new in every answer."""
    answer = phone.get(door)
    text = re.sub(r'name="(csrfmiddlewaretoken|idempotency_key|id)" value="[\w-]+"', "", answer.text)
    if door.endswith("/move"):  # a QR for the next ten minutes
        text = re.sub(r"<svg.*?</svg>|here\?v=[\w.-]+", "", text, flags=re.DOTALL)
    # The host's page of the machine says how late it is, and how fast and how large the disk.
    return answer.status, re.sub(r"\d\d:\d\d:\d\d|\d+ (ms|GB)", "", text) if "/health" in door else text


# --- what lies on the disk ----------------------------------------------------------------------------------


def test_no_order_and_no_time_of_answers_lies_on_the_disk(server):
    for table in ("conversation_vote", "conversation_ballotvote", "conversation_voice"):
        with pytest.raises(sqlite3.OperationalError, match="no such column: rowid"):
            rows(server, f"SELECT rowid FROM {table}")

    assert columns(server, "conversation_vote") == {"round_id", "voice_id", "statement_id", "value", "late"}
    assert columns(server, "conversation_ballotvote") == {"round_id", "voice_id", "line", "value"}
    assert columns(server, "conversation_voice") == {"id", "conversation_id", "channel", "origin"}


def columns(server, table):
    return {name for _, name, *_ in rows(server, f"PRAGMA table_info({table})")}


# --- when the power goes ------------------------------------------------------------------------------------


PEOPLE, STATEMENTS = 40, 30


def test_no_answered_vote_is_lost_when_the_server_is_killed_and_the_record_is_whole(tmp_path):
    with Server(tmp_path) as server:
        room = server.conversation(seeds=[f"의견 {n}" for n in range(1, STATEMENTS + 1)])
        sign = {"grace_s": "0", "act": "sign"}
        assert server.host(room).submit(f"/host/c/{room.code}/rules", sign).status == 302
        phones = [Line(server, room) for _ in range(PEOPLE)]

        answered = asyncio.run(vote_until_killed(server, phones))
        server.start()
        on_disk = votes_of(server, room)
        unanswered = asyncio.run(vote_on(phones, answered))

        assert PEOPLE < len(answered) < PEOPLE * STATEMENTS
        assert {k: on_disk.get((1, *k)) for k in answered} == {k: (v, 0) for k, v in answered.items()}
        assert len(votes_of(server, room)) == len(answered) + len(unanswered) == PEOPLE * STATEMENTS

        conclusion = finish(server, room, phones)
        file = tmp_path / "record.zip"
        file.write_bytes(server.client().get(f"/r/{room.code}/record.zip").body)
        report = server.run_cli("verify", str(file), "--json")

        assert len(conclusion) > 0
        assert [f for f in report["findings"] if not f["ok"]] == []


def opinion(person, statement):
    """Everybody agrees with every third statement; about the others the hall is divided."""
    return 1 if statement % 3 == 0 or (person + statement) % 2 else -1


async def vote_until_killed(server, phones):
    """Everybody votes on one statement after the other; when a third is answered the server is killed."""
    answered = {}
    killed = asyncio.Event()

    async def one(person, phone):
        async with phone:
            assert await phone.join() == 200
            order = random.Random(person).sample(range(1, STATEMENTS + 1), STATEMENTS)
            for statement in order:
                if await phone.vote((statement, opinion(person, statement))) == 200:
                    answered[phone.row, statement] = opinion(person, statement)
                if len(answered) >= PEOPLE * STATEMENTS // 3 and not killed.is_set():
                    killed.set()
                    server.kill()

    async with asyncio.timeout(60):
        ended = await asyncio.gather(*(one(n, p) for n, p in enumerate(phones)), return_exceptions=True)
    cut_off = (asyncio.IncompleteReadError, ConnectionResetError, BrokenPipeError)
    assert [e for e in ended if e is not None and not isinstance(e, cut_off)] == []
    return answered


async def vote_on(phones, answered):
    """After the restart every phone sends what was not answered."""
    missing = [
        (phone, statement, opinion(person, statement))
        for person, phone in enumerate(phones)
        for statement in range(1, STATEMENTS + 1)
        if (phone.row, statement) not in answered
    ]

    async def one(phone):
        async with phone:
            for owner, statement, value in missing:
                if owner is phone:
                    assert await phone.vote((statement, value)) == 200

    async with asyncio.timeout(60):
        await asyncio.gather(*(one(phone) for phone in phones))
    return missing


def finish(server, room, phones):
    """From the open round to the record; the answer is the conclusion."""
    state = f"/api/v1/host/conversations/{room.code}"
    server.act(room, "close_round")
    server.until(room, "where")
    server.act(room, "open_shortlist")
    server.until(room, "shortlist")
    ballot(server, room, phones, server.host(room).get(state).json["shortlist"])
    server.act(room, "close_round")
    server.until(room, "slate")
    server.act(room, "open_ratification")
    ballot(server, room, phones, [*server.host(room).get(state).json["slate"], 0])
    server.act(room, "close_round")
    server.until(room, "result")
    conclusion = server.host(room).get(state).json["conclusion"]
    due = (datetime.now(tz=UTC) + timedelta(days=30)).date().isoformat()
    named = [{"line": line, "addressee": "도시공간과", "due": due} for line in conclusion]
    assert server.act(room, "publish", commitments=named).status == 200
    server.until(room, "published")
    return conclusion


def ballot(server, room, phones, lines):
    for person, phone in enumerate(phones):
        given = [{"id": str(line), "line": line, "value": opinion(person, line)} for line in lines]
        answer = server.client(cookie=phone.cookie).post(api(room, "ballots"), {"ballots": given})
        assert answer.status == 200, answer.text


def test_the_server_stops_in_time_with_fifty_streams_open(tmp_path):
    with Server(tmp_path) as server, ExitStack() as stack:
        room = server.conversation(seeds=["하나"], begin=True)
        time.sleep(1)  # a new room's first turnout goes out within half a second, to whoever is there by then
        streams = [
            stack.enter_context(server.client().events(f"/live/{room.code}", timeout=20)) for _ in range(STREAMS)
        ]
        assert {next(events).name for events in streams} == {"segment"}

        seconds = server.stop()

        assert seconds < 8
        assert [[e.name for e in events] for events in streams] == [["turnout"]] * STREAMS
        assert is_gone(server.pid)


def is_gone(group, within=5):
    """Whether nothing the server started is left: neither its engine nor what that needs."""
    give_up = time.monotonic() + within
    while time.monotonic() < give_up:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False
