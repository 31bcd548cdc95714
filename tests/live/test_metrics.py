"""What a collector reads: true figures, nobody named, and only for whom they are meant."""

import time

import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.serving import Server

from onnuri.live.counts import Buckets, Counts, kind_of
from onnuri.live.http import Request
from onnuri.live.metrics import may_read
from onnuri.live.streams import HEARTBEAT_S

KEY = "a-key-for-the-collector"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("metrics"), environment={"ONNURI_METRICS_KEY": KEY}) as running:
        yield running


def figures(server):
    """(name, its labels) -> the figure."""
    told = server.client().get("/metrics")
    assert told.status == 200
    assert told.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(told.text)
        for sample in family.samples
    }


def when_left(server):
    """The figures after the next heartbeat, which finds out whose page was closed."""
    give_up = time.monotonic() + 3 * HEARTBEAT_S
    while (found := figures(server))["onnuri_streams", "stage"] and time.monotonic() < give_up:
        time.sleep(0.2)
    return found


def test_what_happened_is_what_is_told(server):
    before = figures(server)
    room = server.conversation(seeds=["첫째", "둘째"], begin=True)
    phones = [server.client() for _ in range(3)]
    for phone in phones:
        phone.post(f"/api/v1/conversations/{room.code}/join", {})
    votes = [{"id": str(n), "statement": n, "value": 1} for n in (1, 2)]
    assert phones[0].post(f"/api/v1/conversations/{room.code}/votes", {"votes": votes}).status == 200
    refused = {"votes": [{"id": "x", "statement": 9, "value": 1}]}
    assert phones[1].post(f"/api/v1/conversations/{room.code}/votes", refused).status == 404
    server.client().get("/e/nobody@example.kr")
    with phones[2].events(f"/live/{room.code}?as=stage") as events:
        next(events)
        after = figures(server)
    server.act(room, "close_round")
    server.until(room, "where")
    later = when_left(server)

    def grew(*name, to=after):
        return to.get(name, 0) - before.get(name, 0)

    assert grew("onnuri_votes_total") == 2
    assert grew("onnuri_requests_total", "200", "votes") == 1
    assert grew("onnuri_requests_total", "404", "votes") == 1
    assert grew("onnuri_requests_total", "200", "join") == 3
    assert grew("onnuri_requests_total", "404", "places") == 1
    assert grew("onnuri_writer_commits_total") == grew("onnuri_writer_commit_seconds_count") >= 2
    assert grew("onnuri_writer_group_jobs_sum") >= 4
    assert after["onnuri_streams", "stage"] == 1
    assert after["onnuri_conversation_joined", room.code] == 3
    assert after["onnuri_conversation_answered", room.code] == 1
    assert grew("onnuri_engine_jobs_total", to=later) >= 1
    assert later["onnuri_streams", "stage"] == 0
    assert later["onnuri_writer_queue",] == 0
    assert later["process_open_fds",] > 10
    assert later["onnuri_disk_free_bytes",] > 0


def test_nobody_is_named(server):
    server.run_cli("conference", "new", "--slug", "hanbit")
    claim = server.client().post(
        "/api/v1/conferences/hanbit/registrations",
        {"name": "김한빛", "email": "hanbit@example.kr", "channel": "online"},
        idempotency_key="key-of-somebody",
    )
    room = server.conversation(seeds=["첫째"], begin=True)
    phone = server.client()
    phone.post(f"/api/v1/conversations/{room.code}/join", {})
    phone.get("/e/hanbit/ticket/" + claim.json["claim"])

    text = server.client().get("/metrics").text

    voice = phone.cookies[f"voice_{room.code}"].partition(".")[0]
    for secret in ("김한빛", "hanbit@", claim.json["claim"], voice, room.key, KEY):
        assert secret not in text
    assert room.code in text


def test_nobody_else_may_look(server):
    asked = server.client()

    assert asked.get("/metrics", x_forwarded_for="192.0.2.7").status == 404
    assert asked.get("/metrics", host="onnuri.example.kr").status == 404
    assert asked.get("/metrics", host="onnuri.example.kr", authorization="Bearer wrong").status == 404
    assert asked.get("/metrics", host="onnuri.example.kr", authorization=f"Bearer {KEY}").status == 200
    assert asked.post("/metrics", {}).status == 404


@pytest.mark.parametrize(
    ("client", "host", "may"),
    [
        ("127.0.0.1", b"127.0.0.1:8000", True),
        ("127.0.0.1", b"localhost", True),
        ("::1", b"[::1]:8000", True),
        ("192.0.2.7", b"127.0.0.1:8000", False),  # says so, but comes from elsewhere
        ("127.0.0.1", b"192.0.2.1:8000", False),  # a proxy hands on what was asked for
        ("127.0.0.1", b"", False),
        ("", b"localhost", False),
    ],
)
def test_this_machine_is_who_comes_from_it_and_asks_for_it(client, host, may):
    scope = {"client": (client, 50000), "headers": [(b"host", host)]}

    assert may_read(Request(scope, b""), "") is may


def test_no_key_is_no_password():
    """An empty bearer does not open what has no key."""
    scope = {"client": ("192.0.2.7", 1), "headers": [(b"host", b"h"), (b"authorization", b"Bearer ")]}

    assert may_read(Request(scope, b""), "") is False


def test_a_kind_is_one_of_a_few_words_whatever_is_asked():
    asked = ["/", "/c/ABC234", "/stage/x", "/host/e/x/mail", "/x", "/" + "a" * 999, "//", "/static/a.js", "", "/api/v1"]

    assert {kind_of(path) for path in asked} <= {"first", "room", "stage", "host", "other", "static", "api"}


def test_a_bucket_holds_what_is_at_most_its_bound():
    sizes = Buckets((1, 5))
    for value in (0, 1, 1.5, 5, 6):
        sizes.add(value)

    assert sizes.counts == [2, 2, 1]
    assert sizes.total == 13.5


def test_only_the_last_minute_says_how_fast_storing_is():
    counts = Counts()
    assert counts.stored_within() is None
    with counts.commit(1):
        pass

    assert 0 <= counts.stored_within() < 1
    assert counts.stored_within(-1) is None
