"""First come, first served by two server processes on one PostgreSQL; connections are cut, processes are killed."""

import random
import threading

import pytest
from tests.journeys import crowd
from tests.journeys.crowd import Somebody
from tests.serving import Server

from onnuri.conference.checking import check

pytestmark = pytest.mark.postgres
SEATS, PEOPLE, AT_ONCE = 150, 600, 50


@pytest.fixture(scope="module")
def two(cluster, tmp_path_factory):
    """Two processes with one database and one folder, so with one key."""
    folder, address = tmp_path_factory.mktemp("two"), {"DATABASE_URL": cluster.create("two")}
    with Server(folder, environment=address) as first, Server(folder, environment=address) as second:
        yield first, second


def asked(cluster, sql, slug):
    return cluster.ask("two", sql.format(f"(SELECT id FROM conference_conference WHERE slug = '{slug}')"))


def holds(cluster, server, people, seats, slug):
    """What two processes told is one story, and the tables tell the same."""
    crowd.once(people)
    crowd.gapless(people)
    crowd.in_order(people)
    assert crowd.by_the_rule(people, seats) == seats
    stored = asked(cluster, "SELECT seq FROM conference_registration WHERE conference_id = {} ORDER BY seq", slug)
    assert stored == [(n,) for n in range(1, len(people) + 1)]
    crowd.close_registration(server, slug)
    assert check(server.client().get(f"/e/{slug}/order.json").json).problems == ()


def test_two_processes_give_150_seats_to_the_first_150(cluster, two):
    first, second = two
    first.run_cli("conference", "new", "--slug", "hanbit", "--seats", str(SEATS))
    people = [Somebody(n) for n in range(PEOPLE)]

    crowd.come(people, [first.port, second.port], at_once=AT_ONCE, generator=random.Random(21))

    holds(cluster, first, people, SEATS, "hanbit")
    assert "Traceback" not in first.log


def test_a_connection_that_is_cut_costs_nobody_a_place(cluster, two):
    first, second = two
    first.run_cli("conference", "new", "--slug", "cut", "--seats", "50")
    people = [Somebody(n, cohort="x") for n in range(200)]
    over = threading.Event()

    def cut():
        while not over.wait(0.2):
            cluster.ask(
                "two",
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = 'two' AND pid <> pg_backend_pid()",
            )

    cutter = threading.Thread(target=cut)
    cutter.start()
    try:
        crowd.come(people, [first.port, second.port], at_once=AT_ONCE, generator=random.Random(22), slug="cut")
    finally:
        over.set()
        cutter.join()

    holds(cluster, first, people, 50, "cut")


def test_one_of_two_is_killed_and_the_other_goes_on(cluster, two):
    first, second = two
    first.run_cli("conference", "new", "--slug", "killed", "--seats", "50")
    people = [Somebody(n, cohort="y") for n in range(200)]
    killer = threading.Timer(0.7, second.kill)
    killer.start()

    crowd.come(people, [first.port, second.port], at_once=AT_ONCE, generator=random.Random(23), slug="killed")

    killer.join()
    second.start()
    holds(cluster, first, people, 50, "killed")
    again = [Somebody(p.number, cohort="y") for p in people]
    crowd.come(again, [second.port], at_once=AT_ONCE, generator=random.Random(24), slug="killed")
    assert [(p.told["claim"], p.told["seq"]) for p in again] == [(p.told["claim"], p.told["seq"]) for p in people]
