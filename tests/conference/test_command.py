"""A conference made on the command line."""

import sqlite3
import subprocess

from tests.serving import ROOT, Server


def test_a_conference_is_made_with_its_times_at_once(tmp_path):
    server = Server(tmp_path, environment={"ONNURI_TIME_ZONE": "Asia/Seoul"})

    made = server.run_cli(
        "conference", "new", "--slug", "spring", "--title", "봄의 회의",
        "--opens", "2026-05-01T09:00:00+09:00", "--starts", "2026-05-22T14:00", "--ends", "2026-05-22T16:00:00+09:00",
    )  # fmt: skip

    stored = sqlite3.connect(server.database).execute(
        "SELECT slug, opens_at, starts_at, ends_at FROM conference_conference"
    )
    assert stored.fetchall() == [("spring", "2026-05-01 00:00:00", "2026-05-22 05:00:00", "2026-05-22 07:00:00")]
    assert set(made) == {"slug", "host", "page"}


def test_an_end_before_the_start_makes_nothing(tmp_path):
    server = Server(tmp_path)
    times = ["--starts", "2026-05-22T14:00", "--ends", "2026-05-22T13:00"]

    done = subprocess.run(
        server._command("conference", "new", "--slug", "spring", *times),
        env=server._environment, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert sqlite3.connect(server.database).execute("SELECT count(*) FROM conference_conference").fetchone() == (0,)
