"""A rehearsal on a copy: what the network loses is sent again, nothing real is touched, and the copy is gone."""

import json
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing

import pytest
from tests.serving import ROOT, Server

from onnuri.errors import BadInput
from onnuri.rehearsal.command import rehearse_on_copy
from onnuri.rehearsal.manners import Manners
from onnuri.rehearsal.plan import Plan

QUICK = Manners(timeout_s=1.5, first_wait_s=0.2, longest_wait_s=1.0, reconnect_s=0.5, look_again_s=1.0)
REAL = ("conversation", "statement", "voice", "vote", "ballotvote", "seatcode", "round", "decision")


def link_of(server, room):
    return f"{server.url}/host/c/{room.code}?key={room.key}"


def rows(server, *, but=()):
    """Every row of the conversation app, and how many links and records there are."""
    with closing(sqlite3.connect(f"file:{server.database}?mode=ro", uri=True)) as connection:
        found = {name: sorted(connection.execute(f"SELECT * FROM conversation_{name}").fetchall()) for name in REAL}
        counts = [connection.execute(f"SELECT count(*) FROM publishing_{n}").fetchone() for n in ("link", "record")]
    return found, counts


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("rehearsal")) as running:
        yield running


def test_a_hall_with_losses_and_an_outage_loses_nothing_and_leaves_nothing(server):
    room = server.conversation(begin=True, policy="code")
    somebody = server.client()
    (code,) = server.host(room).post(f"/api/v1/host/conversations/{room.code}/codes", {"count": 1}).json["codes"]
    somebody.post(f"/api/v1/conversations/{room.code}/join", {"seat_code": code})
    votes = [{"id": "real", "statement": 1, "value": 1}]
    assert somebody.post(f"/api/v1/conversations/{room.code}/votes", {"votes": votes}).status == 200
    before = rows(server)
    plan = Plan(hall=20, online=40, loss=0.1, outage_s=3, rounds=1, round_s=5, grace_s=0, manners=QUICK)

    report = rehearse_on_copy(plan, link_of(server, room), keep=False, say=print)

    assert report["ok"] is True
    assert (report["missing"], report["doubled"]) == (0, 0)
    assert report["made"] == report["stored"] > 60 * 8
    assert all(report["lost_on_purpose"][what] > 0 for what in ("cut off", "never sent", "unheard"))
    assert sum(r["retried"] for r in report["rounds"]) > 0
    assert report["errors"] == {}
    assert report["after_outage_ms"]["max"] is not None
    assert [r["kind"] for r in report["rounds"]][:3] == ["vote", "shortlist", "ratification"]
    assert report["rounds"][0]["turnout_ms"]["p50"] is not None
    assert rows(server) == before


def test_a_server_killed_in_the_middle_of_a_round_loses_nothing(tmp_path):
    with Server(tmp_path) as server:
        room = server.conversation(policy="code")
        power_cut = threading.Timer(2.5, lambda: (server.kill(), server.restart()))
        plan = Plan(hall=10, online=10, rounds=1, round_s=6, grace_s=0, manners=QUICK)

        report = rehearse_on_copy(
            plan, link_of(server, room), keep=False, say=lambda line: line.startswith("joined") and power_cut.start()
        )
        power_cut.join()

    assert report["ok"] is True
    assert report["errors"] != {}
    assert report["rounds"][0]["made"] == report["rounds"][0]["stored"] > 0


def test_the_command_ends_with_0_and_says_that_everything_was_simulated(server, tmp_path):
    room, told = server.conversation(policy="ticket"), tmp_path / "report.json"
    before = rows(server)

    done = subprocess.run(
        [
            sys.executable, "-m", "onnuri", "rehearse", link_of(server, room),
            "--hall", "3", "--online", "2", "--rounds", "1", "--minutes", "0.05", "--json", str(told),
        ],
        env=server._environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip

    report = json.loads(told.read_text("utf-8"))
    assert (done.returncode, done.stderr.count("is deleted")) == (0, 1)
    assert "everybody in it simulated" in done.stdout
    assert "nothing lost, nothing doubled" in done.stdout
    assert report["simulated"] is True
    assert rows(server) == before


def test_a_rehearsal_that_fails_takes_its_copy_away(server, monkeypatch):
    room = server.conversation(policy="code")
    before = rows(server)
    monkeypatch.setattr("onnuri.rehearsal.sitting.COMPUTED_WITHIN_S", 0.0)

    with pytest.raises(BadInput, match=r"still \w+, not where"):
        rehearse_on_copy(
            Plan(hall=1, online=0, rounds=1, round_s=1, manners=QUICK), link_of(server, room), keep=False, say=print
        )

    assert rows(server) == before


@pytest.mark.parametrize(
    ("plan", "what"),
    [
        (Plan(hall=0, online=0), "at least one person"),
        (Plan(hall=1, online=0, loss=1.0), "--loss"),
        (Plan(hall=1, online=0, outage_s=-1), "--outage"),
        (Plan(hall=1, online=0, rounds=0), "--rounds"),
        (Plan(hall=1, online=0, round_s=0.5), "--minutes"),
    ],
)
def test_what_cannot_be_rehearsed_is_one_clear_line(plan, what):
    with pytest.raises(BadInput, match=what):
        plan.require_possible()


def test_a_wrong_key_makes_no_copy(server):
    room = server.conversation(policy="code")
    before = rows(server)

    with pytest.raises(BadInput, match="the key is not that of this conversation"):
        rehearse_on_copy(Plan(hall=1, online=0), link_of(server, room) + "x", keep=False, say=print)

    assert rows(server) == before
