"""The same promises on PostgreSQL: a private cluster, started here, reached by its socket, removed at the end."""

import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from tests.serving import DECIDED_HERE, ROOT, Server

from onnuri.settings import _database as database_of

pytestmark = pytest.mark.postgres

SAME_TESTS = ("tests/conference", "tests/conversation", "tests/publishing")
START_WITHIN_S = 30
OWNER = "onnuri"


class Cluster:
    """A PostgreSQL of our own that listens on a socket in its folder and nowhere else."""

    def __init__(self, programs, folder, user):
        self.programs = programs
        self.folder = folder
        self.user = user

    def url(self, database):
        return f"postgresql://{OWNER}@{quote(str(self.folder), safe='')}/{database}"

    def create(self, database):
        with psycopg.connect(f"host={self.folder} user={OWNER} dbname=postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{database}"')
        return self.url(database)

    def ask(self, database, sql):
        with psycopg.connect(f"host={self.folder} user={OWNER} dbname={database}") as connection:
            return connection.execute(sql).fetchall()

    def run(self, program, *arguments):
        subprocess.run(
            [self.programs / program, *arguments],
            check=True, capture_output=True, cwd=self.folder, **self.user,
        )  # fmt: skip

    @contextmanager
    def running(self):
        data = self.folder / "data"
        self.run("initdb", "-D", data, "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        self.start()
        try:
            yield self
        finally:
            self.stop()

    def start(self):
        with (self.folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [
                    self.programs / "postgres", "-D", self.folder / "data", "-k", self.folder,
                    "-c", "listen_addresses=",
                    "-c", "fsync=off", "-c", "max_connections=120",
                ],
                stdout=log, stderr=log, cwd=self.folder, **self.user,
            )  # fmt: skip
        self.wait_for(self._server)

    def stop(self):
        """At once: whoever is connected is cut off."""
        self._server.send_signal(signal.SIGINT)
        self._server.wait()

    def wait_for(self, server):
        until = time.monotonic() + START_WITHIN_S
        while True:
            try:
                self.ask("postgres", "SELECT 1")
            except psycopg.OperationalError:
                assert server.poll() is None, (self.folder / "log").read_text()
                assert time.monotonic() < until, "PostgreSQL is not ready"
                time.sleep(0.05)
            else:
                return


def programs():
    """The folder with PostgreSQL's programs, the newest version first; Debian keeps it off the PATH."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"),
        key=lambda file: float(file.parents[1].name),
        reverse=True,
    )
    on_path = shutil.which("postgres")
    if on_path is not None:
        found.append(Path(on_path).resolve())
    return next((file.parent for file in found if (file.parent / "initdb").exists()), None)


def not_root():
    """PostgreSQL refuses root: somebody else on this machine runs it."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    somebody = names.get("postgres") or names["nobody"]
    return {"user": somebody.pw_uid, "group": somebody.pw_gid, "extra_groups": []}


@pytest.fixture(scope="module")
def cluster():
    found = programs()
    if found is None:
        (pytest.fail if os.environ.get("ONNURI_REQUIRE_POSTGRES") else pytest.skip)("no PostgreSQL on this machine")
    # Not tmp_path: only its owner may look into that.
    folder = Path(tempfile.mkdtemp(prefix="onnuri-postgres-"))
    user = not_root()
    if user:
        os.chown(folder, user["user"], user["group"])
    try:
        with Cluster(found, folder, user).running() as running:
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def beside(url, *arguments):
    """`python …` of this environment on that database."""
    own = {name: value for name, value in os.environ.items() if name not in DECIDED_HERE}
    with tempfile.TemporaryDirectory(prefix="onnuri-tests-") as data:
        return subprocess.run(
            [sys.executable, *arguments],
            env={
                **own,
                "DATABASE_URL": url,
                "ONNURI_DATA": data,
                "DJANGO_SETTINGS_MODULE": "onnuri.settings",
                "PYTHONPATH": str(ROOT / "src"),
            },
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip


def test_the_tables_are_made_from_nothing_and_are_those_of_the_models(cluster):
    url = cluster.create("from_nothing")

    made = beside(url, "-m", "django", "migrate", "--verbosity", "0")
    missing = beside(url, "-m", "django", "makemigrations", "--check", "--dry-run")

    assert made.returncode == 0, made.stderr
    assert (missing.returncode, missing.stdout.strip()) == (0, "No changes detected")
    assert cluster.ask("from_nothing", "SELECT id, version FROM conversation_clock") == [(1, 1)]


def test_every_story_of_the_tables_ends_the_same_on_postgresql(cluster):
    url = cluster.create("stories")

    # The database is kept, so that we can see where the stories were told.
    done = beside(
        url, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--create-db", "--reuse-db", *SAME_TESTS, "-m", "django_db"
    )

    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert int(re.search(r"(\d+) passed", done.stdout)[1]) > 100
    told = cluster.ask("test_stories", "SELECT max(seq_tup_read) FROM pg_stat_user_tables")
    assert told[0][0] > 0


@pytest.fixture(scope="module")
def server(cluster, tmp_path_factory):
    url = cluster.create("served")
    with Server(tmp_path_factory.mktemp("served"), environment={"DATABASE_URL": url}) as running:
        running.run_cli("conference", "new", "--slug", "hanbit", "--seats", "10")
        yield running


def test_forty_people_in_the_opening_second_get_ten_seats_and_a_gapless_line(cluster, server):
    def claim(number):
        return server.client().post(
            "/api/v1/conferences/hanbit/registrations",
            {"name": f"P{number}", "email": f"p{number}@example.kr", "channel": "hall"},
            idempotency_key=f"key-of-person-{number}",
        )

    with ThreadPoolExecutor(40) as people:
        answers = list(people.map(claim, range(40)))

    assert {a.status for a in answers} == {200}
    assert sorted(a.json["seq"] for a in answers) == list(range(1, 41))
    seats = {a.json["seq"]: a.json["seat_number"] for a in answers if a.json["place"] == "seat"}
    assert seats == {seq: seq for seq in range(1, 11)}
    stored = "SELECT place, count(*) FROM conference_registration GROUP BY 1 ORDER BY 1"
    assert cluster.ask("served", stored) == [("seat", 10), ("waiting", 30)]


def test_what_the_address_asks_of_the_connection_is_asked():
    url = "postgresql://mina:s%2Fecret@db.example:5433/hanbit?sslmode=verify-full&connect_timeout=3"

    found = database_of(url)

    assert [found[name] for name in ("USER", "PASSWORD", "HOST", "PORT", "NAME")] == [
        "mina", "s/ecret", "db.example", "5433", "hanbit",
    ]  # fmt: skip
    assert found["OPTIONS"] == {"sslmode": "verify-full", "connect_timeout": "3"}


def test_pages_are_served(server):
    room = server.conversation(begin=True)

    for path in ("/", "/e/hanbit", f"/c/{room.code}", f"/stage/{room.code}", f"/c/{room.code}/rules"):
        answer = server.client().get(path)
        assert answer.status == 200, path
        assert "<h1" in answer.text


def test_the_servers_own_log_is_quiet(server):
    assert "Traceback" not in server.log
