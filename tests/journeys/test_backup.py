"""The drill: a backup taken while people vote, restored into another folder, served there."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tests.serving import DECIDED_HERE, ROOT, Server

SEEDS = [f"의견 {n}: 물가를 걷게 하자." for n in range(1, 401)]
PHONES = 6


class Phones:
    """People who answer one statement after another; each answer is remembered with the moment it was answered."""

    def __init__(self, server, room):
        self.room = room
        self.answered = []
        self.cookies = {}
        self._over = threading.Event()
        self._threads = []
        for _ in range(PHONES):
            phone = server.client()
            assert phone.post(f"/api/v1/conversations/{room.code}/join", {}).status == 200
            self.cookies = phone.cookies
            self._threads.append(threading.Thread(target=self._vote, args=(phone,)))

    @contextmanager
    def voting(self):
        for one in self._threads:
            one.start()
        try:
            yield self
        finally:
            self._over.set()
            for one in self._threads:
                one.join()

    def _vote(self, phone):
        voice = int(phone.cookies[f"voice_{self.room.code}"].partition(".")[0])
        for statement in range(1, len(SEEDS) + 1):
            if self._over.is_set():
                return
            value = (voice + statement) % 3 - 1
            vote = {"id": f"{voice}-{statement}", "statement": statement, "value": value}
            told = phone.post(f"/api/v1/conversations/{self.room.code}/votes", {"votes": [vote]})
            assert told.status == 200, told.text
            self.answered.append((time.monotonic(), voice, statement, value))
            time.sleep(0.01)

    def before(self, moment):
        """(voice, statement) -> value, of what was answered before a moment."""
        return {(voice, statement): value for at, voice, statement, value in self.answered if at < moment}

    def until(self, count):
        give_up = time.monotonic() + 20
        while len(self.answered) < count:
            assert time.monotonic() < give_up, f"{len(self.answered)} answers"
            time.sleep(0.01)


def onnuri(folder, *arguments, url=""):
    """The command line on a folder, as its operator types it."""
    environment = {k: v for k, v in os.environ.items() if k not in DECIDED_HERE}
    environment |= {"ONNURI_DATA": str(folder), "PYTHONPATH": str(ROOT / "src"), "DATABASE_URL": url}
    return subprocess.run(
        [sys.executable, "-m", "onnuri", *map(str, arguments)],
        env=environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def rows(server, sql):
    with closing(sqlite3.connect(server.database)) as connection:
        return connection.execute(sql).fetchall()


def an_export(folder):
    """Two invented camps of six people each, about six statements."""
    folder.mkdir()
    lines = [f"1,{s},{p},{1 if (p < 6) == (s < 3) or s == 5 else -1}" for p in range(12) for s in range(6)]
    (folder / "votes.csv").write_text("\n".join(["timestamp,comment-id,voter-id,vote", *lines]) + "\n", "utf-8")
    texts = [f'1,"2026",{s},0,0,0,1,"의견 {s}: 광장을 이렇게 바꾸자."' for s in range(6)]
    head = "timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,comment-body"
    (folder / "comments.csv").write_text("\n".join([head, *texts]) + "\n", "utf-8")
    return folder


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A backup of a folder with a published record, taken while six people vote in another conversation."""
    here = tmp_path_factory.mktemp("kept")
    with Server(here) as server:
        concluded = server.conversation("무엇을 바꿀까요?", seeds=[], policy="code")
        link = f"{server.url}/host/c/{concluded.code}?key={concluded.key}"
        record = here / "before.zip"
        server.run_cli(
            "replay", str(an_export(here / "export")), "--url", link, "--rounds", "1", "--record", str(record)
        )
        room = server.conversation(seeds=SEEDS, begin=True)
        phones = Phones(server, room)
        with phones.voting():
            phones.until(200)
            begun = time.monotonic()
            told = server.run_cli("backup", str(here / "kept.zip"))
            phones.until(len(phones.answered) + 20)
        yield {
            "file": here / "kept.zip",
            "told": told,
            "room": room,
            "cookies": phones.cookies,
            "before": phones.before(begun),
            "ever": phones.before(time.monotonic()),
            "concluded": concluded,
            "record": record,
            "folder": server.folder,
        }


def test_every_answer_given_before_the_backup_began_is_there_after_it(kept, tmp_path):
    other = Server(tmp_path)
    told = other.run_cli("restore", str(kept["file"]))
    with other:
        votes = {
            (voice, number): value
            for voice, number, value in rows(
                other,
                "SELECT v.voice_id, s.number, v.value FROM conversation_vote v"
                " JOIN conversation_statement s ON s.id = v.statement_id"
                " JOIN conversation_conversation c ON c.id = s.conversation_id"
                f" WHERE c.code = '{kept['room'].code}'",
            )
        }
        again = other.client().get(f"/r/{kept['concluded'].code}/record.zip").body

    assert len(kept["before"]) >= 200
    assert kept["before"].items() <= votes.items() <= kept["ever"].items()
    # People went on while it was taken, and it is of one moment.
    assert len(votes) < len(kept["ever"])
    assert told["counts"] == kept["told"]["counts"]
    assert told["counts"]["votes"] == 72 + len(votes)
    # The record is the same bytes, and holds.
    assert again == kept["record"].read_bytes()
    assert onnuri(tmp_path / "none", "verify", kept["record"]).returncode == 0


def test_phones_and_the_host_go_on_where_they_were(kept, tmp_path):
    """The keys came along: cookies and links are good on the other machine, and the sitting goes on."""
    other = Server(tmp_path)
    other.run_cli("restore", str(kept["file"]))
    with other:
        room = kept["room"]
        phone = other.client()
        phone.cookies = dict(kept["cookies"])
        vote = {"votes": [{"id": "new", "statement": len(SEEDS), "value": 1}]}
        voted = phone.post(f"/api/v1/conversations/{room.code}/votes", vote)
        closed = other.act(room, "close_round")

    assert voted.status == 200, voted.text
    assert closed.status == 200, closed.text


def test_a_backup_is_its_owners_alone_and_says_what_it_holds(kept):
    assert kept["file"].stat().st_mode & 0o777 == 0o600
    assert kept["told"]["counts"]["records"] == 1
    assert kept["told"]["counts"]["conversations"] == 2
    assert kept["told"]["database"] == "sqlite"
    assert [p.name for p in kept["file"].parent.glob(".*")] == []


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.9, 0.999, 1.0])
def test_a_changed_byte_is_found_wherever_it_is(kept, tmp_path, share):
    content = bytearray(kept["file"].read_bytes())
    place = min(int(len(content) * share), len(content) - 1)
    content[place] ^= 1
    (tmp_path / "changed.zip").write_bytes(content)

    done = onnuri(tmp_path / "data", "restore", tmp_path / "changed.zip")

    assert done.returncode == 2
    assert "has been changed or cut off" in done.stderr or "is no backup" in done.stderr
    assert not (tmp_path / "data").exists()


def test_a_backup_that_was_cut_off_is_none(kept, tmp_path):
    content = kept["file"].read_bytes()
    (tmp_path / "half.zip").write_bytes(content[: len(content) // 2])

    done = onnuri(tmp_path / "data", "restore", tmp_path / "half.zip")

    assert (done.returncode, done.stdout) == (2, "")
    assert "is no backup of onnuri" in done.stderr


def test_a_member_exchanged_with_care_is_found_too(kept, tmp_path):
    """Somebody who knows the last 64 bytes writes them anew; the manifest still names what was there."""
    from onnuri.backup import archive

    members = tmp_path / "members"
    members.mkdir()
    manifest = archive.read_manifest(kept["file"])
    archive.unpack(kept["file"], manifest, members, print)
    (members / "voices.key").write_bytes(b"x" * 32)
    false = tmp_path / "false.zip"
    about = {k: v for k, v in manifest.items() if k not in {"format", "members"}}
    true = archive.write(false, {m["name"]: members / m["name"] for m in manifest["members"]}, about, print)
    true["members"] = manifest["members"]

    (tmp_path / "out").mkdir()

    with pytest.raises(archive.BadInput, match=r"voices\.key is not what was backed up"):
        archive.unpack(false, true, tmp_path / "out", print)


def test_nothing_is_ever_written_over(kept, tmp_path):
    there = tmp_path / "there.zip"
    there.write_text("something dear")

    backed = onnuri(kept["folder"], "backup", there)
    other = tmp_path / "data"
    other.mkdir()
    (other / "note.txt").write_text("also dear")
    refused = onnuri(other, "restore", kept["file"])
    replaced = onnuri(other, "restore", kept["file"], "--replace")

    assert (backed.returncode, there.read_text()) == (2, "something dear")
    assert "never overwrites" in backed.stderr
    assert refused.returncode == 2
    assert "is not empty" in refused.stderr
    assert replaced.returncode == 0, replaced.stderr
    aside = Path(json.loads(replaced.stdout)["aside"])
    assert (aside / "note.txt").read_text() == "also dear"
    assert (other / "voices.key").read_bytes() == (kept["folder"] / "voices.key").read_bytes()
    assert other.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_is_being_served_is_not_taken_from_under_the_server(kept):
    done = onnuri(kept["folder"], "restore", kept["file"], "--replace")

    assert done.returncode == 2
    assert "a server is running on it" in done.stderr
    assert (kept["folder"] / "onnuri.sqlite3").exists()


def test_what_a_newer_program_made_is_refused(kept, tmp_path):
    from onnuri.backup import archive

    members = tmp_path / "members"
    members.mkdir()
    manifest = archive.read_manifest(kept["file"])
    archive.unpack(kept["file"], manifest, members, print)
    paths = {m["name"]: members / m["name"] for m in manifest["members"]}
    about = {k: v for k, v in manifest.items() if k not in {"format", "members"}}
    archive.write(tmp_path / "newer.zip", paths, {**about, "version": "99.1.0"}, print)
    unknown = [*about["migrations"], "conversation.9999_later"]
    archive.write(tmp_path / "later.zip", paths, {**about, "migrations": unknown}, print)

    newer = onnuri(tmp_path / "data", "restore", tmp_path / "newer.zip")
    later = onnuri(tmp_path / "data", "restore", tmp_path / "later.zip")

    assert (newer.returncode, later.returncode) == (2, 2)
    assert "was made by a newer onnuri (99.1.0" in newer.stderr
    assert "conversation.9999_later" in later.stderr
    assert not (tmp_path / "data").exists()


def test_where_there_is_nothing_it_says_so_and_makes_nothing(tmp_path):
    done = onnuri(tmp_path / "data", "backup", tmp_path / "b.zip")

    assert done.returncode == 2
    assert "is no data folder of onnuri" in done.stderr
    assert not (tmp_path / "data").exists()
    assert not (tmp_path / "b.zip").exists()


def test_a_large_database_tells_how_far_it_is_and_is_of_one_moment_whatever_is_committed_meanwhile(
    kept, tmp_path, monkeypatch
):
    from onnuri.backup import sqlite

    onnuri(tmp_path / "data", "restore", kept["file"])
    database = tmp_path / "data" / "onnuri.sqlite3"
    monkeypatch.setattr(sqlite, "PAGES_A_STEP", 16)
    told = []
    with closing(sqlite3.connect(database, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        before = writer.execute("SELECT version FROM conversation_clock").fetchone()

        def tell(line):
            told.append(line)
            writer.execute("UPDATE conversation_clock SET version = version + 1")

        sqlite.dump(database, tmp_path / "copy", tell)
        after = writer.execute("SELECT version FROM conversation_clock").fetchone()

    with closing(sqlite3.connect(tmp_path / "copy")) as copy:
        assert copy.execute("SELECT version FROM conversation_clock").fetchone() == before
    assert after[0] == before[0] + len(told)
    assert len(told) > 5
    assert told[-1] == "copying the database: 100 %"


def test_a_disk_without_room_is_said_before_anything_is_written(kept, tmp_path, monkeypatch):
    from onnuri.backup import sqlite

    monkeypatch.setattr(shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(10, 9, 1))

    with pytest.raises(sqlite.BadInput, match="too little room"):
        sqlite.dump(kept["folder"] / "onnuri.sqlite3", tmp_path / "copy", print)
    assert list(tmp_path.iterdir()) == []
