"""What a live hall lives through: killed servers, a stuck engine, a full disk, phones that leave all at once."""

import os
import random
import resource
import signal
import socket
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from http.client import HTTPException
from pathlib import Path

import pytest
from tests.journeys.voters import QUESTION, SEEDS, engines_of, everybody, expected, insist, opinion, vote
from tests.serving import Server

KILLS = int(os.environ.get("ONNURI_KILL_CYCLES", "4"))
PEOPLE = 24
STREAMS = 1000


def stored(server, code):
    with closing(sqlite3.connect(f"file:{server.database}?mode=ro", uri=True)) as connection:
        rows = connection.execute(
            "SELECT s.number, v.value, count(*) FROM conversation_vote v "
            "JOIN conversation_statement s ON s.id = v.statement_id "
            "JOIN conversation_conversation c ON c.id = s.conversation_id WHERE c.code = ? GROUP BY 1, 2",
            (code,),
        )
        return {(number, value): n for number, value, n in rows}


def descriptors(server):
    return sum(1 for _ in Path(f"/proc/{server.pid}/fd").iterdir())


def until(true, *, within=30):
    give_up = time.monotonic() + within
    while not true():
        assert time.monotonic() < give_up
        time.sleep(0.05)


def test_a_server_killed_again_and_again_under_load_loses_no_answered_vote(tmp_path):
    with Server(tmp_path) as server:
        room = server.conversation(question=QUESTION, seeds=SEEDS, begin=True)
        phones = everybody((server,), room, PEOPLE, statements=())
        over, answered = threading.Event(), {}
        chance = random.Random(5)

        def votes(person):
            number = 0
            while not over.is_set():
                number += 1
                statement, value = number % len(SEEDS) + 1, number // len(SEEDS) % 3 - 1
                ballot = {"votes": [vote(person, statement, value)]}
                insist(lambda ballot=ballot: phones[person].post(f"/api/v1/conversations/{room.code}/votes", ballot))
                answered[person, statement] = value

        with ThreadPoolExecutor(PEOPLE) as hall:
            running = [hall.submit(votes, person) for person in range(PEOPLE)]
            for _ in range(KILLS):
                time.sleep(chance.uniform(0.2, 1.2))
                server.kill()
                server.start()
            over.set()
            for one in running:
                one.result()

        assert len(answered) == PEOPLE * len(SEEDS)
        told = {}
        for (_person, statement), value in answered.items():
            told[statement, value] = told.get((statement, value), 0) + 1
        assert stored(server, room.code) == told


def test_a_stuck_engine_is_replaced_and_the_hall_sees_its_landscape(tmp_path):
    with Server(tmp_path, environment={"ONNURI_ENGINE_SECONDS": "4"}) as server:
        room = server.conversation(question=QUESTION, seeds=SEEDS, begin=True)
        everybody((server,), room, PEOPLE)
        (engine,) = [
            pid for pid in engines_of(server.pid) if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
        ]

        os.kill(engine, signal.SIGSTOP)
        server.act(room, "close_round")
        server.until(room, "where", within=60)

        assert "starting another" in server.log
        with pytest.raises(ProcessLookupError):
            os.kill(engine, 0)


def test_a_full_disk_is_said_and_nothing_is_half_stored(tmp_path):
    with Server(tmp_path) as server:
        room = server.conversation(question=QUESTION, seeds=SEEDS, begin=True)
        phones = everybody((server,), room, 6, statements=range(1, 5))
        before = stored(server, room.code)

        # No file may grow any more: what the server writes is refused as by a full disk.
        smallest = server.database.stat().st_size // 2
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (smallest, resource.RLIM_INFINITY))
        refused = [
            phone.post(f"/api/v1/conversations/{room.code}/votes", {"votes": [vote(n, s, 1) for s in range(5, 13)]})
            for n, phone in enumerate(phones)
        ]
        while_full = stored(server, room.code)
        page = server.client().get(f"/c/{room.code}").status
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        for person, phone in enumerate(phones):
            rest = {"votes": [vote(person, s, opinion(person, s)) for s in range(5, 13)]}
            insist(lambda phone=phone, rest=rest: phone.post(f"/api/v1/conversations/{room.code}/votes", rest))

        assert {(a.status, a.json["error"]["key"], "retry-after" in a.headers) for a in refused} == {
            (503, "busy", True)
        }
        assert while_full == before
        assert page == 200
        assert stored(server, room.code) == expected(6)


def test_a_thousand_pages_that_leave_at_once_leave_nothing_behind(tmp_path):
    with Server(tmp_path) as server:
        room = server.conversation(question=QUESTION, seeds=SEEDS, begin=True)
        (phone,) = everybody((server,), room, 1, statements=())
        quiet = descriptors(server)
        pages = [a_page(server, room) for _ in range(STREAMS)]
        full = descriptors(server)

        for page in pages:
            page.close()
        answer = phone.post(f"/api/v1/conversations/{room.code}/votes", {"votes": [vote(0, 1, 1)]})

        assert full >= STREAMS
        assert answer.status == 200
        until(lambda: descriptors(server) <= quiet + 5)
        assert "Traceback" not in server.log


def a_page(server, room):
    page = socket.create_connection(("127.0.0.1", server.port))
    page.sendall(f"GET /live/{room.code} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    assert page.recv(4096).startswith(b"HTTP/1.1 200")
    return page


def test_a_page_that_never_reads_holds_nobody_up(tmp_path):
    with Server(tmp_path) as server:
        room = server.conversation(question=QUESTION, seeds=SEEDS, begin=True)
        deaf = [a_page(server, room) for _ in range(50)]
        before = memory(server)

        begun = time.monotonic()
        everybody((server,), room, 20)
        spent = time.monotonic() - begun

        assert stored(server, room.code) == expected(20)
        assert spent < 60
        assert memory(server) - before < 50 * 1024
        for page in deaf:
            page.close()


def memory(server):
    """KiB."""
    status = Path(f"/proc/{server.pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))


def test_the_same_id_with_another_content_is_a_change_of_mind_and_one_row(tmp_path):
    with Server(tmp_path) as server:
        room = server.conversation(question=QUESTION, seeds=SEEDS, begin=True)
        (phone,) = everybody((server,), room, 1, statements=())
        path = f"/api/v1/conversations/{room.code}/votes"

        one = {"id": "same", "statement": 1, "value": 1}
        answers = [
            phone.post(path, {"votes": [given]}) for given in (one, {**one, "value": -1}, {**one, "statement": 2})
        ]

        assert [a.status for a in answers] == [200] * 3
        assert stored(server, room.code) == {(1, -1): 1, (2, 1): 1}


def test_two_tabs_of_one_phone_send_the_same_queue_and_it_is_stored_once(tmp_path):
    with Server(tmp_path) as server:
        room = server.conversation(question=QUESTION, seeds=SEEDS, begin=True)
        (phone,) = everybody((server,), room, 1, statements=())
        waiting = {"votes": [vote(0, s, opinion(0, s)) for s in range(1, 13)]}
        twin = server.client()
        twin.cookies = dict(phone.cookies)

        with ThreadPoolExecutor(8) as tabs:
            answers = list(
                tabs.map(
                    lambda n: (phone, twin)[n % 2].post(f"/api/v1/conversations/{room.code}/votes", waiting), range(16)
                )
            )

        assert {a.status for a in answers} == {200}
        assert stored(server, room.code) == expected(1)


def test_a_server_told_to_stop_commits_what_it_holds_and_ends_all_pages(tmp_path):
    with Server(tmp_path) as server:
        room = server.conversation(question=QUESTION, seeds=SEEDS, begin=True)
        pages = [a_page(server, room) for _ in range(200)]
        phones = everybody((server,), room, 8, statements=())
        answered = []

        def vote_until_it_stops(person):
            for statement in range(1, 13):
                with suppress(OSError, HTTPException):
                    given = {"votes": [vote(person, statement, opinion(person, statement))]}
                    answer = phones[person].post(f"/api/v1/conversations/{room.code}/votes", given)
                    if answer.status == 200:
                        answered.append((statement, opinion(person, statement)))

        with ThreadPoolExecutor(8) as hall:
            running = [hall.submit(vote_until_it_stops, person) for person in range(8)]
            time.sleep(0.05)
            spent = server.stop()
            for one in running:
                one.result()
        for page in pages:
            page.close()

        assert spent < 8
        assert sum(stored(server, room.code).values()) >= len(answered)
        assert "Traceback" not in server.log
