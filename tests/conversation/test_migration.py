"""An installation of before the live hall is brought up to date: every answer stays, and still no order of them."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing

VOTE = "INSERT INTO conversation_vote (round_id, voice_id, statement_id, value, late) VALUES (?, ?, ?, ?, ?)"


def migrate(folder, *to):
    environment = {**os.environ, "ONNURI_DATA": str(folder), "DATABASE_URL": ""}
    command = [sys.executable, "-m", "django", "migrate", *to, "--settings", "onnuri.settings", "--verbosity", "0"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_answers_of_before_are_there_after(tmp_path):
    votes = [(1, voice * 7919 % 1000, 1 + voice % 3, voice % 3 - 1, 0) for voice in range(1, 200)]
    migrate(tmp_path, "conversation", "0002")
    with closing(sqlite3.connect(tmp_path / "onnuri.sqlite3")) as before:
        before.executemany(VOTE, votes)
        before.execute("INSERT INTO conversation_ballotvote (round_id, voice_id, line, value) VALUES (2, 5, 0, 1)")
        before.commit()

    migrate(tmp_path, "conversation", "0003")

    with closing(sqlite3.connect(tmp_path / "onnuri.sqlite3")) as after:
        kept = after.execute("SELECT round_id, voice_id, statement_id, value, late FROM conversation_vote").fetchall()
        assert sorted(kept) == sorted(votes)
        assert after.execute("SELECT round_id, voice_id, line, value FROM conversation_ballotvote").fetchall() == [
            (2, 5, 0, 1)
        ]
        for table in ("vote", "ballotvote", "pollanswer", "lift", "challengevote", "voice"):
            sql = "SELECT sql FROM sqlite_master WHERE name = ?"
            assert after.execute(sql, (f"conversation_{table}",)).fetchone()[0].endswith("WITHOUT ROWID"), table
