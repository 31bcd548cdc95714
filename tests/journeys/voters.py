"""Simulated people who vote over HTTP, whichever server they reach, and who insist like a phone."""

import json
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException

QUESTION, SEEDS = "무엇이 먼저일까요?", [f"의견 {n}" for n in range(1, 13)]
PATIENCE_S = 60
ALL = range(1, len(SEEDS) + 1)


def vote(number, statement, value):
    return {"id": f"{number:08x}-0000-4000-8000-{statement:012x}", "statement": statement, "value": value}


def insist(act, *, within=PATIENCE_S):
    """Like a phone: again until it is answered."""
    until = time.monotonic() + within
    while True:
        try:
            answer = act()
        except (OSError, HTTPException, json.JSONDecodeError):
            answer = None
        if answer is not None and answer.status == 200:
            return answer
        assert time.monotonic() < until, answer and answer.text
        time.sleep(0.05)


def opinion(person, statement):
    return 1 if (person % 2 == statement % 2 or statement < 4) else -1


def expected(people):
    found = {}
    for person in range(people):
        for statement in range(1, len(SEEDS) + 1):
            key = statement, opinion(person, statement)
            found[key] = found.get(key, 0) + 1
    return found


def everybody(servers, room, people, *, statements=ALL, first=0):
    """Each person joins by one process and votes by the other, in turn."""

    def one(person):
        phone = servers[person % len(servers)].client()
        insist(lambda: phone.post(f"/api/v1/conversations/{room.code}/join", {}))
        for statement in statements:
            phone.url, phone.netloc = (
                servers[(person + statement) % len(servers)].url,
                servers[(person + statement) % len(servers)].url[7:],
            )
            ballot = {"votes": [vote(person, statement, opinion(person, statement))]}
            insist(lambda ballot=ballot: phone.post(f"/api/v1/conversations/{room.code}/votes", ballot))
        return phone

    with ThreadPoolExecutor(24) as hall:
        return list(hall.map(one, range(first, first + people)))


def engines_of(pid):
    """The spawned processes of a server that compute."""
    children = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout.split()
    return [int(child) for child in children]
