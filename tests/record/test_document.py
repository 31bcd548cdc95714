"""The record as files: the same content is the same bytes, and `sha256sum` can read it."""

import csv
import hashlib
import io
import json
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace

import pytest
from tests.record.sittings import files_of, sitting

from onnuri.record.document import BALLOT_COLUMNS, SIGNATURE, SUMS, VOTE_COLUMNS, seal
from onnuri.record.page import PAGE
from onnuri.record.signature import holds, new_key

NAMES = [
    "SHA256SUMS",
    "ballots.csv",
    "landscape.json",
    "lines.csv",
    "log.csv",
    "record.html",
    "record.json",
    "signature.json",
    "slate.json",
    "statements.csv",
    "votes.csv",
]


@pytest.fixture(scope="module")
def files():
    return files_of(sitting().data)


def rows(files, name):
    return list(csv.reader(io.StringIO(files[name].decode())))


def test_sealed_twice_is_the_same_to_the_last_byte():
    first, second = (seal(sitting().content, sitting().pem) for _ in range(2))

    assert first == second


def test_the_order_in_which_rows_come_is_irrelevant():
    content = sitting().content
    turned = replace(content, votes=list(content.votes)[::-1], ballots=list(content.ballots)[::-1])

    assert seal(turned, sitting().pem) == seal(content, sitting().pem)


def test_who_signs_is_not_part_of_what_is_signed():
    content = sitting().content

    one, two = seal(content, sitting().pem), seal(content, new_key())

    assert one.digest == two.digest
    assert one.data != two.data


def test_the_files_have_the_names_that_others_rely_on(files):
    assert sorted(files) == NAMES


def test_the_tables_have_the_columns_that_others_rely_on(files):
    assert tuple(rows(files, "votes.csv")[0]) == VOTE_COLUMNS
    assert ",".join(VOTE_COLUMNS) == "participant,statement,round,channel,late,vote"
    assert tuple(rows(files, "ballots.csv")[0]) == BALLOT_COLUMNS
    assert ",".join(BALLOT_COLUMNS) == "ballot,row,group,channel,line,vote"


def test_every_answer_is_in_it_once_and_the_whole_is_a_star(files):
    votes, ballots = rows(files, "votes.csv")[1:], rows(files, "ballots.csv")[1:]

    assert sorted(votes) == sorted([str(cell) for cell in row] for row in sitting().votes)
    told = sorted((kind, int(p), channel, line, int(vote)) for kind, p, _, channel, line, vote in ballots)
    assert told == sorted(sitting().ballots)
    assert {line for kind, _, _, _, line, _ in ballots if kind == "ratification"} >= {"*"}


def test_no_time_finer_than_a_day_is_in_it(files):
    whole = b"".join(files.values()).decode()

    assert not re.search(r"\d[T ]\d\d:\d\d", whole)
    with zipfile.ZipFile(io.BytesIO(sitting().data)) as archive:
        assert {i.date_time for i in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_digest_is_of_the_sums_and_the_sums_are_of_the_files(files):
    sealed = seal(sitting().content, sitting().pem)
    listed = dict(line.split("  ")[::-1] for line in files[SUMS].decode().splitlines())

    assert sealed.digest == hashlib.sha256(files[SUMS]).hexdigest()
    assert listed == {
        name: hashlib.sha256(content).hexdigest()
        for name, content in files.items()
        if name not in {SUMS, SIGNATURE, PAGE}
    }
    assert holds(json.loads(files[SIGNATURE]), sealed.digest)


def test_the_tool_of_every_system_reads_the_sums(files, tmp_path):
    sums = shutil.which("sha256sum")
    assert sums, "sha256sum belongs to every system we run on"
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)

    done = subprocess.run([sums, "-c", SUMS], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0
    assert done.stdout.count(": OK") == len(NAMES) - 3


def test_a_text_may_hold_anything_people_write(tmp_path):
    text = 'Trees, "many",\nand 나무 🌳\r\nhere'
    content = sitting().content
    told = replace(content, statements=[(1, text, "ko", "seed", "accepted", "")])

    files = files_of(seal(told, sitting().pem).data)

    assert list(csv.reader(io.StringIO(files["statements.csv"].decode(), newline="")))[1][1] == text


def test_more_files_are_sealed_with_the_others():
    told = replace(sitting().content, extra={"minutes.txt": b"Tuesday"})

    files = files_of(seal(told, sitting().pem).data)

    assert files["minutes.txt"] == b"Tuesday"
    assert b"minutes.txt\n" in files[SUMS]
