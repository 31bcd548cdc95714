"""Nothing at rest tells who said what or when; nothing in the repository tells of the machine it was made on."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, models
from tests import cast

from onnuri.conference.models import Ticket
from onnuri.conversation.models import BallotVote, SeatCode, Voice, Vote

ROOT = Path(__file__).parents[2]
MB = 1024 * 1024

# ---- the tables

TIMES = (models.DateField, models.TimeField, models.DurationField)  # a DateTimeField is a DateField
COUNTED = (models.AutoField, models.BigAutoField, models.SmallAutoField)


@pytest.mark.parametrize("model", [Voice, Vote, BallotVote], ids=lambda model: model.__name__)
def test_an_answer_keeps_no_time_and_no_order(model):
    fields = model._meta.concrete_fields

    assert [f.name for f in fields if isinstance(f, (*TIMES, *COUNTED))] == []


@pytest.mark.parametrize("model", [SeatCode, Ticket], ids=lambda model: model.__name__)
def test_a_code_or_ticket_keeps_no_time_of_its_use(model):
    assert [f.name for f in model._meta.concrete_fields if isinstance(f, TIMES)] == []


@pytest.mark.django_db
def test_the_file_keeps_no_order_either():
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite numbers its rows by itself")
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name LIKE 'conversation_%'")
        made = dict(cursor.fetchall())

    for table in ("conversation_voice", "conversation_vote", "conversation_ballotvote"):
        assert "WITHOUT ROWID" in made[table]
        assert "AUTOINCREMENT" not in made[table]


@pytest.mark.django_db
def test_rows_lie_in_an_order_that_nobody_came_in():
    room = cast.conversation()
    cast.open_round(room)
    came = [cast.voice(room).pk for _ in range(40)]
    for own in Voice.objects.in_bulk(came).values():
        cast.answer(own, {1: 1})

    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM conversation_voice")
        lie = [row[0] for row in cursor.fetchall()]

    assert sorted(lie) == sorted(came)
    if connection.vendor == "sqlite":
        assert lie == sorted(came) != came


# ---- the tests themselves


def test_tests_keep_their_data_in_a_folder_of_their_own():
    assert settings.FOLDER.path == Path(os.environ["ONNURI_DATA"]).resolve()
    assert ROOT not in settings.FOLDER.path.parents


# ---- the repository


@pytest.fixture(scope="module")
def files():
    """What is in the repository, or will be with the next commit."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone: there is no list of files")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def texts(files):
    for file in files:
        content = file.read_bytes()
        if b"\0" not in content[:4096]:
            yield file.relative_to(ROOT), content.decode("utf-8", "replace")


# Written in pieces, so that this file does not find itself.
MACHINE = ["/" + "work/", "/" + "root/", "/" + "opt/", "/" + "home/", "file" + ":///"]
REGISTRIES = [
    "pypi" + ".org/simple",
    "files.python" + "hosted.org",
    "registry." + "npmjs",
    "deb." + "debian.org",
    "security." + "debian.org",
    "archive." + "ubuntu.com",
    "proxy." + "golang.org",
]


@pytest.mark.parametrize("word", MACHINE)
def test_no_path_of_a_machine(files, word):
    # Files of others stay as they are; a compiler's file system in memory has a home of its own.
    assert [str(name) for name, text in texts(files) if word in text and "vendor" not in name.parts] == []


@pytest.mark.parametrize("word", REGISTRIES)
def test_no_registry_is_named(files, word):
    # Where packages come from is the machine's business.
    assert [str(name) for name, text in texts(files) if word in text] == []


def test_no_key_and_no_database_went_along(files):
    secret = {".pem", ".key", ".sqlite3", ".db", ".zip", ".log", ".env"}
    # Golden records are published ones: invented people, and no key.
    strange = [f.name for f in files if f.suffix in secret and f.parent != ROOT / "tests" / "record" / "golden"]
    keys = [
        str(name)
        for name, text in texts(files)
        if re.search(r"-----BEGIN [A-Z ]*PRIVATE KEY-----\n[A-Za-z0-9+/]", text)
    ]

    assert (strange, keys) == ([], [])


def test_no_large_file(files):
    assert [str(f.relative_to(ROOT)) for f in files if f.stat().st_size > 2 * MB] == []


def test_nothing_of_others_without_saying_whose(files):
    """A file of others is named in VENDORED.md with where it is from and its licence."""
    manifest = ROOT / "VENDORED.md"
    named = manifest.read_text("utf-8") if manifest.exists() else ""
    of_others = [
        str(f.relative_to(ROOT))
        for f in files
        if {"vendor", "vendored", "third_party", "node_modules"} & set(f.parts)
        or ".min." in f.name
        or f.suffix in {".woff", ".woff2", ".ttf", ".otf", ".wasm", ".map", ".whl", ".so"}
        or (f.suffix in {".js", ".css"} and re.search(r"@license|@preserve|Copyright \(c\)", f.read_text("utf-8")))
    ]

    assert [name for name in of_others if name not in named] == []
