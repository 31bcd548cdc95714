"""Sealed rows: everybody can check the totals, the auditors named beforehand can compute everything again."""

import json
from dataclasses import replace
from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.record.sittings import RULES, failed, files_of, resealed, sit, zip_of

from onnuri import pipeline
from onnuri.cli import main
from onnuri.conclusion.rules import Rules
from onnuri.errors import BadInput
from onnuri.masking import SMALLEST_CELL, answers
from onnuri.record.document import json_bytes
from onnuri.record.sealed_rows import auditors_part, public_part, seal_rows
from onnuri.record.signature import new_key
from onnuri.record.totals import sections_in_totals, small_cell_in
from onnuri.record.verify import verify

SEALED = replace(RULES, rows="sealed", auditors=("시민감사관 (예시)",))


@lru_cache(maxsize=1)
def box():
    done = sit(rules=SEALED)
    return seal_rows(done.content, done.pem)


@pytest.fixture
def public():
    return files_of(box().public.data)


def written(folder, public=None, rows=None):
    (folder / "record.zip").write_bytes(public or box().public.data)
    (folder / "auditor.zip").write_bytes(rows or box().auditors.data)
    return folder / "record.zip", folder / "auditor.zip"


def by_everybody(folder, public=None):
    return verify(written(folder, public)[0], pipeline.conclude)


def by_an_auditor(folder, public=None, rows=None, **asked):
    file, own = written(folder, public, rows)
    return verify(file, pipeline.conclude, rows=own, **asked)


# ---- what everybody gets


def test_nobodys_row_is_in_what_everybody_gets(public):
    landscape = json.loads(public["landscape.json"])

    assert not {"votes.csv", "ballots.csv"} & set(public)
    assert "people" not in landscape
    assert {"votes.csv", "ballots.csv"} <= set(files_of(box().auditors.data))


def test_no_cell_under_five_is_in_it_though_some_are_in_the_rows(public):
    whole = files_of(box().auditors.data)

    assert small_cell_in(json.loads(whole["landscape.json"]))
    for name in ("record.json", "landscape.json", "slate.json"):
        assert small_cell_in(json.loads(public[name])) is None


def test_everybody_is_told_what_only_an_auditor_can_check(tmp_path):
    report = by_everybody(tmp_path)

    assert failed(report) == []
    left = {f.what for f in report.findings if f.how == "auditor only"}
    assert {"chain", "counts", "slate", "landscape"} <= left
    assert report.unchecked == len(left)
    checked = {f.what: f.how for f in report.findings}
    assert checked["ratification"] == checked["quorum"] == checked["small cells"] == "recomputed"


def test_the_same_votes_are_sealed_into_the_same_bytes():
    done = sit(rules=SEALED)

    assert seal_rows(done.content, done.pem).data == box().data
    assert public_part(box().data) == box().public.data
    assert auditors_part(box().data) == box().auditors.data


def test_an_open_record_has_no_part_for_auditors():
    open_record = sit().data

    assert public_part(open_record) == open_record
    assert auditors_part(open_record) is None


# ---- what the auditors get


def test_with_the_rows_everything_is_computed_again(tmp_path):
    report = by_an_auditor(tmp_path)

    assert failed(report) == []
    assert report.unchecked == 0
    how = {f.what: f.how for f in report.findings}
    assert how["rows: chain"] == how["rows: landscape"] == how["rows: certificate"] == "recomputed"
    assert how["totals are those of the rows"] == "recomputed"
    assert how["rows are those that were sealed"] == "matches the digest"


def changed(files, name, change):
    told = json.loads(files[name])
    change(told)
    return resealed({**files, name: json_bytes(told)}, new_key())


FORGED = {
    "support of a line": (
        "record.json",
        lambda d: d["certificate"]["ratification"]["lines"][0]["overall"].update(agree=64, disagree=0, support="1/1"),
        {"ratification", "totals are those of the rows"},
    ),
    "a line of the conclusion": ("record.json", lambda d: d.update(conclusion=[24]), {"conclusion"}),
    "the quorum": (
        "record.json",
        lambda d: d["certificate"]["ratification"].update(entitled=400),
        {"quorum", "totals are those of the rows"},
    ),
    "more voices than tickets": (
        "record.json",
        lambda d: d["certificate"]["took_part"]["channels"]["hall"].update(voted=400),
        {"voices <= tickets", "totals are those of the rows"},
    ),
    "another auditor": ("record.json", lambda d: d["sealed"].update(auditors=["somebody else"]), {"auditors"}),
    "a count of the landscape": (
        "landscape.json",
        lambda d: d["by_statement"]["1"].update(agree=64),
        {"totals are those of the rows"},
    ),
    "a small cell": (
        "landscape.json",
        lambda d: d["by_statement"]["1"]["by_channel"].update(open={"agree": 2, "pass": 0, "disagree": 1}),
        {"small cells", "totals are those of the rows"},
    ),
}


@pytest.mark.parametrize(("name", "change", "named"), FORGED.values(), ids=FORGED)
def test_totals_that_were_changed_are_found_and_named(name, change, named, public, tmp_path):
    report = by_an_auditor(tmp_path, public=changed(public, name, change))

    assert named <= set(failed(report))


def test_other_rows_are_not_those_that_were_sealed(tmp_path):
    files = files_of(box().auditors.data)
    votes = files["votes.csv"].replace(b",1\n", b",-1\n", 1)

    report = by_an_auditor(tmp_path, rows=resealed({**files, "votes.csv": votes}, new_key()))

    assert {"rows are those that were sealed", "rows: chain"} <= set(failed(report))


def test_totals_are_no_rows(tmp_path):
    report = by_an_auditor(tmp_path, rows=box().public.data)

    assert {"rows are there", "record can be read"} <= set(failed(report))


def test_an_open_record_that_calls_itself_sealed_to_hide_its_rows_is_found(tmp_path):
    files = files_of(sit().data)
    told = json.loads(files["record.json"])
    told["sealed"] = {"auditors": [], "record": "", "files": {}}
    hidden = {name: content for name, content in files.items() if name not in {"votes.csv", "ballots.csv"}}

    report = by_everybody(tmp_path, resealed({**hidden, "record.json": json_bytes(told)}, new_key()))

    assert "auditors" in failed(report)


def test_rows_beside_an_open_record_are_refused(tmp_path):
    with pytest.raises(BadInput):
        by_an_auditor(tmp_path, public=sit().data)


@pytest.mark.parametrize("bad", [b" ", b"PK"], ids=["blank", "half"])
def test_a_file_that_is_no_zip_is_named(bad, tmp_path):
    with pytest.raises(BadInput, match=r"auditor\.zip"):
        by_an_auditor(tmp_path, rows=bad)


def test_a_zip_that_is_no_record_is_no_crash(tmp_path):
    assert "rows: record can be read" in failed(by_an_auditor(tmp_path, rows=zip_of({"votes.csv": b"x"})))


def test_the_command_says_what_is_left_and_with_the_rows_that_nothing_is(tmp_path, capsys):
    record, rows = written(tmp_path)

    assert main(["verify", str(record)]) == 0
    alone = capsys.readouterr().out
    assert main(["verify", str(record), "--rows", str(rows)]) == 0
    together = capsys.readouterr().out

    assert "--   chain (auditor only)" in alone
    assert "left to the auditors" in alone
    assert "auditor only" not in together
    assert together.rstrip().endswith("everything holds")


# ---- the rule


def test_rules_without_auditors_have_the_digest_they_always_had():
    old = {name: value for name, value in RULES.document().items() if name != "auditors"}

    assert "auditors" not in RULES.document()
    assert Rules.of(old).digest == RULES.digest


@pytest.mark.parametrize(
    "given",
    [
        {"rows": "sealed"},
        {"rows": "open", "auditors": ["감사인"]},
        {"rows": "sealed", "auditors": [" "]},
        {"rows": "sealed", "auditors": ["가", "가"]},
        {"rows": "sealed", "auditors": ["가" * 81]},
        {"rows": "hidden", "auditors": ["가"]},
    ],
    ids=["nobody named", "named for nothing", "no name", "twice", "too long", "another word"],
)
def test_sealed_rows_need_auditors_named_beforehand(given):
    with pytest.raises(ValueError, match=r"auditors|rows"):
        Rules.of(given)


# ---- the totals


@given(st.dictionaries(st.sampled_from(["hall", "online"]), st.integers(0, 30), min_size=1))
def test_whatever_is_withheld_cannot_be_taken_from_the_whole(people):
    cells = {f"channel {name}": {"agree": n, "pass": 0, "disagree": 0} for name, n in people.items()}

    told = sections_in_totals(cells, {"agree": sum(people.values()), "pass": 0, "disagree": 0})

    hidden = [name for name, cell in told.items() if cell.get("masked")]
    assert all(answers(cell) == 0 or answers(cell) >= SMALLEST_CELL for cell in told.values())
    assert len(hidden) != 1 or len(cells) == 1
