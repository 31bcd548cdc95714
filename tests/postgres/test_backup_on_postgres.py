"""The same drill on PostgreSQL: a backup while people register, restored into another database and folder."""

import shutil
import threading
import time

import pytest
from tests.journeys.test_backup import an_export, onnuri
from tests.serving import Server

from onnuri.backup import postgres

pytestmark = pytest.mark.postgres

SLUG = "hanbit"
PEOPLE = 6


class People:
    """They register one after another; everybody who was answered is remembered."""

    def __init__(self, server):
        self.server = server
        self.answered = []
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self._come, args=(n,)) for n in range(PEOPLE)]

    def __enter__(self):
        for one in self.threads:
            one.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for one in self.threads:
            one.join()

    def _come(self, row):
        turn = 0
        while not self.over.is_set():
            email = f"p{row}-{turn}@example.kr"
            told = self.server.client().post(
                f"/api/v1/conferences/{SLUG}/registrations",
                {"name": f"사람 {turn}", "email": email, "channel": "online"},
                idempotency_key=f"key-{row}-{turn}-0000",
            )
            assert told.status in {200, 201}, told.text
            self.answered.append(email)
            turn += 1

    def until(self, count):
        give_up = time.monotonic() + 20
        while len(self.answered) < count:
            assert time.monotonic() < give_up, f"{len(self.answered)} answers"
            time.sleep(0.02)


@pytest.fixture(scope="module")
def kept(cluster, tmp_path_factory):
    here = tmp_path_factory.mktemp("kept")
    url = cluster.create("kept")
    with Server(here, environment={"DATABASE_URL": url}) as server:
        server.run_cli("conference", "new", "--slug", SLUG, "--seats", "20")
        server.run_cli("import", str(an_export(here / "export")))
        with People(server) as people:
            people.until(30)
            before = list(people.answered)
            told = server.run_cli("backup", str(here / "kept.zip"))
            people.until(len(people.answered) + 5)
        refused = onnuri(server.folder, "restore", here / "kept.zip", "--replace", url=url)
        yield {
            "file": here / "kept.zip",
            "told": told,
            "before": before,
            "ever": set(people.answered),
            "refused": refused,
        }


def emails(cluster, database):
    return {row[0] for row in cluster.ask(database, "SELECT email FROM conference_registration")}


def test_everybody_answered_before_the_backup_began_is_there_after_it(kept, cluster, tmp_path):
    other = Server(tmp_path, environment={"DATABASE_URL": cluster.create("restored")})
    told = other.run_cli("restore", str(kept["file"]))
    there = emails(cluster, "restored")
    with other:
        ready = other.client().get("/ready")
        page = other.client().get(f"/e/{SLUG}")

    assert set(kept["before"]) <= there < kept["ever"]
    assert told["counts"] == kept["told"]["counts"]
    assert told["counts"]["votes"] == 72
    assert told["database"] == "postgresql"
    assert (ready.status, page.status) == (200, 200)


def test_what_is_there_is_moved_aside_and_never_deleted(kept, cluster, tmp_path):
    url = cluster.create("there")
    folder = tmp_path / "data"
    assert onnuri(folder, "conference", "new", "--slug", "dear", url=url).returncode == 0

    full = onnuri(tmp_path / "empty", "restore", kept["file"], url=url)
    replaced = onnuri(folder, "restore", kept["file"], "--replace", url=url)
    again = onnuri(tmp_path / "again", "backup", tmp_path / "again.zip", url=url)

    assert full.returncode == 2
    assert "the database is not empty" in full.stderr
    assert replaced.returncode == 0, replaced.stderr
    assert cluster.ask("there", "SELECT slug FROM conference_conference") == [(SLUG,)]
    aside = cluster.ask("there", "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'before%'")[0][0]
    assert cluster.ask("there", f'SELECT slug FROM "{aside}".conference_conference') == [("dear",)]
    assert again.returncode == 2
    assert "is no data folder" in again.stderr
    # A folder's next backup leaves out what lies aside, and can be restored itself.
    second = onnuri(folder, "backup", tmp_path / "second.zip", url=url)
    assert second.returncode == 0, second.stderr
    third = onnuri(tmp_path / "third", "restore", tmp_path / "second.zip", url=cluster.create("third"))
    assert third.returncode == 0, third.stderr
    assert cluster.ask("third", "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'before%'") == [(0,)]


def test_a_database_that_is_in_use_is_not_touched(kept):
    assert kept["refused"].returncode == 2
    assert "a server is running on it" in kept["refused"].stderr


def test_a_backup_goes_back_only_to_its_own_kind_of_database(kept, tmp_path):
    done = onnuri(tmp_path / "data", "restore", kept["file"])

    assert done.returncode == 2
    assert "this is a backup of postgresql" in done.stderr


def test_without_postgresqls_programs_it_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(postgres, "DEBIAN", tmp_path)
    monkeypatch.setattr(shutil, "which", lambda _name: None)

    with pytest.raises(postgres.BadInput, match=r"pg_dump: is not installed: install .*postgresql-client"):
        postgres.program("pg_dump")
