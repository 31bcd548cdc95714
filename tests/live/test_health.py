"""Whether people should be sent here: each thing that can be wrong is seen, and is seen to be over."""

import asyncio
import json
import time

import pytest
from tests.serving import Server

from onnuri.live import health
from onnuri.live.counts import Counts
from onnuri.live.health import Health, Watch

pytestmark = pytest.mark.django_db(transaction=True)


class Asked:
    """One process' health, asked on one loop."""

    def __init__(self, runner, folder, counts, watch):
        self._runner = runner
        self.health = Health(folder, counts, watch)

    def answer(self, path="/ready", method="GET"):
        """(status, content) of one answer."""
        sent = []

        async def send(message):
            sent.append(message)

        scope = {"type": "http", "path": path, "method": method, "headers": []}
        self._runner.run(self.health(scope, send))
        return sent[0]["status"], json.loads(sent[1]["body"])

    def wrong(self):
        """The checks that do not hold."""
        status, told = self.answer()
        assert status == (200 if told["ok"] else 503)
        return [name for name, ok in told["checks"].items() if not ok]

    def together(self, number):
        """So many at once."""

        async def story():
            return await asyncio.gather(*(self.health.ready() for _ in range(number)))

        return self._runner.run(story())


@pytest.fixture
def counts():
    return Counts()


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def one(tmp_path, counts, watch):
    with asyncio.Runner() as runner:
        made = Asked(runner, tmp_path, counts, watch)
        yield made
        made.health.stop()


def test_all_is_well(one):
    status, told = one.answer()

    assert status == 200
    assert told == {
        "ok": True,
        "checks": dict.fromkeys(["serving", "database", "migrations", "writer", "disk", "engine"], True),
    }


def test_a_writer_that_died_is_seen(one, watch):
    watch.threads = frozenset({"nobody of this name"})

    assert one.wrong() == ["writer"]


def test_a_group_that_does_not_get_to_disk_is_seen(one, counts):
    with counts.commit(3):
        counts.committing_since = time.monotonic() - 2 * health.STUCK_S
        assert one.wrong() == ["writer"]

    assert one.wrong() == []


def test_a_group_that_was_not_stored_is_seen_until_one_is(one, counts):
    with counts.commit(3):
        counts.commits_failed += 1
    assert one.wrong() == ["writer"]
    assert (counts.commits, counts.stored_within()) == (0, None)

    with counts.commit(3):
        pass

    assert one.wrong() == []
    assert (counts.commits, counts.commits_failed) == (1, 1)


def test_an_engine_that_keeps_failing_is_seen_until_it_works(one, counts):
    counts.not_computed(7)
    assert one.wrong() == []
    counts.not_computed(7)
    assert one.wrong() == ["engine"]

    counts.computed(7, 0.2)

    assert one.wrong() == []
    assert (counts.engine_jobs, counts.engine_failures) == (1, 2)


def test_a_full_disk_is_seen(one, monkeypatch):
    monkeypatch.setattr(health, "LEAST_FREE", 2**62)

    assert one.wrong() == ["disk"]


def test_a_server_that_is_ending_takes_nobody_more(one):
    one.health.ending = True

    assert one.wrong() == ["serving"]


def test_a_migration_that_is_missing_is_seen_until_it_is_there(one, monkeypatch):
    monkeypatch.setattr(health, "unapplied", lambda: ["conversation.0099_later"])
    monkeypatch.setattr(health, "ASK_AGAIN_S", 0)
    assert one.wrong() == ["migrations"]

    monkeypatch.setattr(health, "unapplied", list)

    assert one.wrong() == []


def test_being_alive_asks_for_nothing_else(one, counts):
    counts.committing_since = time.monotonic() - 2 * health.STUCK_S
    one.health.ending = True

    assert one.answer("/health") == (200, {"ok": True, "checks": {"process": True}})


def test_nobody_can_tire_the_database_by_asking(one, monkeypatch):
    looks = []
    monkeypatch.setattr(health, "unapplied", lambda: looks.append(1) or ["still missing"])

    told = one.together(20) + one.together(5)

    assert len(told) == 25
    assert len(looks) == 1


def test_it_can_be_asked_and_nothing_else(one):
    assert one.answer(method="POST")[0] == 400
    assert one.answer("/health", "HEAD")[0] == 200


# ---- the clocks


class Clocks:
    def __init__(self):
        self.wall, self.steady = 1_800_000_000.0, 50.0

    def go(self, seconds, *, wall=None):
        self.steady += seconds
        self.wall += seconds if wall is None else wall


def test_a_clock_that_was_set_is_noticed_and_a_steered_one_is_not():
    clocks = Clocks()
    watch = Watch(lambda: clocks.wall, lambda: clocks.steady)
    for _ in range(100):
        watch.beat()
        clocks.go(1.0, wall=1.0005)
    assert (watch.jumps, watch.jump) == (0, None)

    clocks.go(1.0, wall=-3599.0)
    watch.beat()
    clocks.go(1.0)
    watch.beat()

    assert watch.jumps == 1
    assert round(watch.jump.seconds) == -3600


def test_a_late_beat_is_remembered_for_a_while():
    clocks = Clocks()
    watch = Watch(lambda: clocks.wall, lambda: clocks.steady)
    watch.beat()
    clocks.go(4.0)
    watch.beat()
    assert watch.late_s == 3.0

    for _ in range(60):
        clocks.go(1.0)
        watch.beat()

    assert 0 < watch.late_s < 0.05


# ---- a real one


def test_a_server_whose_database_went_away_says_so(tmp_path):
    with Server(tmp_path) as server:
        good = server.client().get("/ready")
        server.database.rename(tmp_path / "elsewhere")
        time.sleep(health.ASK_AGAIN_S + 0.1)
        bad = server.client().get("/ready")
        alive = server.client().get("/health")

    assert (good.status, good.json["ok"]) == (200, True)
    assert (bad.status, bad.json["checks"]["database"]) == (503, False)
    assert alive.status == 200
