"""Votes by two server processes on one PostgreSQL: one hall, whichever process a phone reaches."""

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from tests.journeys.voters import QUESTION, SEEDS, engines_of, everybody, expected, insist, opinion, vote
from tests.serving import Server

pytestmark = pytest.mark.postgres
KILLS = int(os.environ.get("ONNURI_KILL_CYCLES", "3"))


@pytest.fixture(scope="module")
def two(cluster, tmp_path_factory):
    folder, address = tmp_path_factory.mktemp("two-halls"), {"DATABASE_URL": cluster.create("votes")}
    with Server(folder, environment=address) as first, Server(folder, environment=address) as second:
        yield first, second


def stored(cluster, code):
    rows = cluster.ask(
        "votes",
        "SELECT s.number, v.value, count(*) FROM conversation_vote v "
        "JOIN conversation_statement s ON s.id = v.statement_id "
        "JOIN conversation_conversation c ON c.id = s.conversation_id "
        f"WHERE c.code = '{code}' GROUP BY 1, 2 ORDER BY 1, 2",
    )
    return {(number, value): n for number, value, n in rows}


def balloted(two, room, phones, lines):
    for person, phone in enumerate(phones):
        given = [{"id": str(line), "line": line, "value": opinion(person, line)} for line in lines]
        phone.url, phone.netloc = two[person % 2].url, two[person % 2].url[7:]
        insist(
            lambda phone=phone, given=given: phone.post(
                f"/api/v1/conversations/{room.code}/ballots", {"ballots": given}
            )
        )


def test_a_sitting_by_two_processes_ends_in_one_record(cluster, two):
    first, second = two
    room = first.conversation(question=QUESTION, seeds=SEEDS)
    state = f"/api/v1/host/conversations/{room.code}"
    first.host(room).post(f"{state}/prepare", {"grace_s": 0})
    first.act(room, "open_round")

    phones = everybody(two, room, 40)

    assert stored(cluster, room.code) == expected(40)
    for server in two:
        until = time.monotonic() + 5
        while (turnout := server.client().get(f"/c/{room.code}/state.json").json["turnout"])["answered"] != 40:
            assert time.monotonic() < until, turnout
            time.sleep(0.1)
    second.act(room, "close_round")
    first.until(room, "where")
    seen = [server.client().get(f"/api/v1/conversations/{room.code}/landscape").json["landscape"] for server in two]
    assert seen[0]["digest"] == seen[1]["digest"]
    assert seen[0]["votes"] == 40 * len(SEEDS)
    first.act(room, "open_shortlist")
    second.until(room, "shortlist")
    balloted(two, room, phones, first.host(room).get(state).json["shortlist"])
    second.act(room, "close_round")
    first.until(room, "slate")
    second.act(room, "open_ratification")
    balloted(two, room, phones, [*first.host(room).get(state).json["slate"], 0])
    first.act(room, "close_round")
    second.until(room, "result")
    conclusion = first.host(room).get(state).json["conclusion"]
    due = (datetime.now(tz=UTC) + timedelta(days=30)).date().isoformat()
    second.act(room, "publish", commitments=[{"line": n, "addressee": "도시공간과", "due": due} for n in conclusion])
    first.until(room, "published")
    (first.folder / "record.zip").write_bytes(second.client().get(f"/r/{room.code}/record.zip").body)
    assert conclusion
    assert first.run_cli("verify", str(first.folder / "record.zip"), "--json")["ok"]
    assert "Traceback" not in first.log + second.log


def test_two_processes_hear_of_each_other(two):
    first, second = two
    room = first.conversation(question=QUESTION, seeds=SEEDS, begin=True)

    with second.client().events(f"/live/{room.code}", timeout=10) as events:
        everybody((first, first), room, 5, statements=[1])
        answered = next(e.data["answered"] for e in events if e.name == "turnout" and e.data["answered"] == 5)

    assert answered == 5


def test_a_code_used_at_both_doors_at_once_is_one_voice(cluster, two):
    first, _second = two
    room = first.conversation(question=QUESTION, seeds=SEEDS, policy="code", begin=True)
    path = f"/api/v1/host/conversations/{room.code}/codes"
    codes = first.host(room).post(path, {"channel": "hall", "count": 20}).json["codes"]

    def both(code):
        with ThreadPoolExecutor(2) as doors:
            return sorted(
                doors.map(
                    lambda s: s.client().post(f"/api/v1/conversations/{room.code}/join", {"seat_code": code}).status,
                    two,
                )
            )

    assert [both(code) for code in codes] == [[200, 409]] * 20
    assert cluster.ask(
        "votes",
        "SELECT count(*) FROM conversation_voice v JOIN conversation_conversation c ON c.id = v.conversation_id "
        f"WHERE c.code = '{room.code}'",
    ) == [(20,)]


def test_a_connection_that_is_cut_costs_nobody_a_vote(cluster, two):
    room = two[0].conversation(question=QUESTION, seeds=SEEDS, begin=True)
    over = threading.Event()

    def cut():
        while not over.wait(0.3):
            cluster.ask(
                "votes",
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = 'votes' AND pid <> pg_backend_pid()",
            )

    cutter = threading.Thread(target=cut)
    cutter.start()
    try:
        everybody(two, room, 30)
    finally:
        over.set()
        cutter.join()

    assert stored(cluster, room.code) == expected(30)


def test_one_of_two_is_killed_while_people_vote_and_the_round_is_computed_once(cluster, two):
    first, second = two
    room = first.conversation(question=QUESTION, seeds=SEEDS, begin=True)
    killer = threading.Timer(0.5, second.kill)
    killer.start()

    def one(person):
        doors = [first, second]
        phone = first.client()
        insist(lambda: phone.post(f"/api/v1/conversations/{room.code}/join", {}))
        for statement in range(1, len(SEEDS) + 1):
            ballot = {"votes": [vote(person, statement, opinion(person, statement))]}

            def send(ballot=ballot, person=person, statement=statement):
                server = doors[(person + statement + int(time.monotonic() * 20)) % 2]
                phone.url, phone.netloc = server.url, server.url[7:]
                return phone.post(f"/api/v1/conversations/{room.code}/votes", ballot)

            insist(send)

    with ThreadPoolExecutor(16) as hall:
        list(hall.map(one, range(30)))
    killer.join()

    assert stored(cluster, room.code) == expected(30)
    first.act(room, "close_round")
    second.start()
    first.until(room, "where")
    links = cluster.ask(
        "votes",
        "SELECT count(*) FROM publishing_link l JOIN conversation_conversation c ON c.id = l.conversation_id "
        f"WHERE c.code = '{room.code}' AND l.what LIKE 'close vote%'",
    )
    assert links == [(1,)]


def test_a_server_killed_again_and_again_under_load_loses_no_answered_vote(cluster, two):
    first = two[0]
    room = first.conversation(question=QUESTION, seeds=SEEDS, begin=True)
    phones = everybody((first,), room, 12, statements=())
    over, answered = threading.Event(), {}

    def votes(person):
        number = 0
        while not over.is_set() or number < len(SEEDS):
            number += 1
            statement, value = number % len(SEEDS) + 1, number // len(SEEDS) % 3 - 1
            server = two[(person + number) % 2]
            phones[person].url, phones[person].netloc = server.url, server.url[7:]
            ballot = {"votes": [vote(person, statement, value)]}
            insist(lambda ballot=ballot: phones[person].post(f"/api/v1/conversations/{room.code}/votes", ballot))
            answered[person, statement] = value

    with ThreadPoolExecutor(12) as hall:
        running = [hall.submit(votes, person) for person in range(12)]
        for cycle in range(KILLS):
            time.sleep(0.3)
            two[cycle % 2].kill()
            two[cycle % 2].start()
        over.set()
        for one in running:
            one.result()

    told = {}
    for (_person, statement), value in answered.items():
        told[statement, value] = told.get((statement, value), 0) + 1
    assert len(answered) == 12 * len(SEEDS)
    assert stored(cluster, room.code) == told


def test_an_engine_that_is_killed_or_stopped_is_replaced(two):
    first, second = two
    room = first.conversation(question=QUESTION, seeds=SEEDS, begin=True)
    everybody(two, room, 30)

    for server in two:
        for pid in engines_of(server.pid):
            os.kill(pid, signal.SIGKILL)
    first.act(room, "close_round")

    first.until(room, "where", within=60)
    assert second.client().get(f"/api/v1/conversations/{room.code}/landscape").json["landscape"]["votes"] == 360


def test_while_the_database_is_away_phones_are_told_to_come_back_and_nothing_is_lost(cluster, two):
    first, _ = two
    room = first.conversation(question=QUESTION, seeds=SEEDS, begin=True)
    phones = everybody(two, room, 10, statements=range(1, 7))
    refused = []

    cluster.stop()
    try:
        until = time.monotonic() + 3
        while time.monotonic() < until:
            answer = phones[0].post(f"/api/v1/conversations/{room.code}/votes", {"votes": [vote(0, 7, 1)]})
            refused.append((answer.status, "retry-after" in answer.headers))
            time.sleep(0.1)
    finally:
        cluster.start()
    for person, phone in enumerate(phones):
        rest = {"votes": [vote(person, s, opinion(person, s)) for s in range(7, 13)]}
        insist(lambda phone=phone, rest=rest: phone.post(f"/api/v1/conversations/{room.code}/votes", rest))

    assert set(refused) == {(503, True)}
    assert stored(cluster, room.code) == expected(10)
