"""A thousand people want 150 seats in the opening second, impatiently and by bad connections."""

import random
from collections import Counter

import pytest
from tests.journeys import crowd
from tests.journeys.crowd import Somebody
from tests.serving import Server

from onnuri.conference.checking import check
from onnuri.conference.ledger import chained, read_receipt

SEATS, PEOPLE, AT_ONCE = 150, 1000, 50


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("load")) as running:
        yield running


def test_a_thousand_people_and_150_seats(server):
    server.run_cli("conference", "new", "--slug", "hanbit", "--seats", str(SEATS))
    people = [Somebody(n) for n in range(PEOPLE)]

    crowd.come(people, [server.port], at_once=AT_ONCE, generator=random.Random(7))

    crowd.once(people)
    crowd.gapless(people)
    assert crowd.by_the_rule(people, SEATS) == SEATS
    # That many pairs followed one another; their numbers do too.
    assert crowd.in_order(people) > PEOPLE
    seats = {p.told["seat_number"]: p.told["seq"] for p in people if p.told["place"] == "seat"}
    assert seats == {n: n for n in range(1, SEATS + 1)}
    assert "Traceback" not in server.log


def test_every_receipt_is_a_link_of_the_published_log(server):
    server.run_cli("conference", "new", "--slug", "haneul", "--seats", "40")
    people = [Somebody(n, cohort="r") for n in range(200)]
    crowd.come(people, [server.port], at_once=AT_ONCE, generator=random.Random(8), slug="haneul")
    public = server.client().get("/e/haneul/order.json").json
    assert public["entries"] is None

    crowd.close_registration(server, "haneul")

    log = server.client().get("/e/haneul/order.json").json
    assert check(log).problems == ()
    assert log["entries"][-1]["act"] == "close"
    digests, digest = {}, ""
    for entry in log["entries"]:
        digest = digests[entry["n"]] = chained(digest, entry)
    for own in people:
        receipt = read_receipt(own.told["receipt"], public["key"])
        assert (receipt.conference, receipt.seq, receipt.digest) == ("haneul", own.told["seq"], digests[receipt.n])
        assert log["entries"][receipt.n - 1]["got"] == own.told["place"]
    for own in people[::40]:
        assert check(log, read_receipt(own.told["receipt"], public["key"])).holds


def test_a_log_that_was_changed_afterwards_is_told_by_any_receipt(server):
    server.run_cli("conference", "new", "--slug", "byeol", "--seats", "2")
    people = [Somebody(n, cohort="c") for n in range(6)]
    crowd.come(people, [server.port], at_once=1, generator=random.Random(9), slug="byeol")
    crowd.close_registration(server, "byeol")
    log = server.client().get("/e/byeol/order.json").json
    last = read_receipt(people[-1].told["receipt"], log["key"])

    forged = {**log, "entries": [dict(entry) for entry in log["entries"]]}
    forged["entries"][3]["at"] = forged["entries"][2]["at"]
    digest = ""
    for entry in forged["entries"]:
        digest = chained(digest, entry)
    forged["digest"] = digest

    # By itself it is a good log; whoever holds a receipt knows better.
    assert check(forged).problems == ()
    assert check(log, last).holds
    assert not check(forged, last).holds


def test_hall_online_and_parties_are_dealt_out_by_number(server):
    server.run_cli("conference", "new", "--slug", "mixed", "--seats", str(SEATS))
    generator = random.Random(10)
    people = [
        Somebody(n, generator.choice(["hall", "hall_or_online", "online"]), generator.choice([1, 1, 2, 4]), cohort="m")
        for n in range(400)
    ]

    crowd.come(people, [server.port], at_once=AT_ONCE, generator=generator, slug="mixed")

    crowd.once(people)
    crowd.gapless(people)
    crowd.in_order(people)
    assert SEATS - 4 < crowd.by_the_rule(people, SEATS) <= SEATS
    assert Counter(p.told["place"] for p in people)["online"] == sum(p.wish == "online" for p in people)
    crowd.close_registration(server, "mixed")
    assert check(server.client().get("/e/mixed/order.json").json).problems == ()


def test_somebody_who_presses_ten_times_at_once_has_one_place(server):
    server.run_cli("conference", "new", "--slug", "double", "--seats", "5")
    # Ten presses of each, sent by ten connections, mixed with everybody else's.
    people = [Somebody(n, cohort="d") for n in range(20)]
    presses = [Somebody(p.number, cohort="d") for p in people for _ in range(10)]

    crowd.come(presses, [server.port], at_once=AT_ONCE, generator=random.Random(11), slug="double")

    crowd.once(presses)
    told = {(p.number, p.told["claim"], p.told["seq"], p.told["receipt"]) for p in presses}
    assert len(told) == 20
    assert sorted(seq for _, _, seq, _ in told) == list(range(1, 21))
