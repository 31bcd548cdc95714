"""A record stays checkable for ever: one of every format and method there was, as it was published."""

import json
import re

import pytest
from tests.record.keeping import GOLDEN, records
from tests.record.sittings import checked, failed, files_of, resealed, zip_of
from tests.record.test_verify import AT_OPENING, added_ballot, head, json_with, other_vote, slate, with_chain

from onnuri.pipeline import conclude
from onnuri.record import verify as verifying
from onnuri.record import versions
from onnuri.record.document import FORMAT_VERSION
from onnuri.record.signature import new_key
from onnuri.record.verify import verify
from onnuri.vocabulary import METHOD_VERSION

RECORDS = sorted(GOLDEN.glob("*.zip"))
OF_METHOD_1 = [file for file in RECORDS if "method-1-" in file.name]
SOME_DAY = "some day"


@pytest.fixture
def some_day(monkeypatch):
    """The day on which every method we know lies behind us."""
    monkeypatch.setattr(versions, "METHOD_VERSION", SOME_DAY)
    monkeypatch.setattr(verifying, "METHOD_VERSION", SOME_DAY)


@pytest.fixture(scope="module")
def fresh():
    return records()


def landscape(change):
    return lambda files: {"landscape__json": json_with(files["landscape.json"], change)}


def forged(files, change):
    """Somebody with a key of their own changed it and made everything outside the changed file anew."""
    told = {name.replace("__", "."): content for name, content in change(files).items()}
    return resealed({**files, **told}, new_key())


# ---- what was published


@pytest.mark.parametrize("file", RECORDS, ids=lambda file: file.stem)
def test_a_golden_record_is_verified(file, tmp_path):
    report = checked(tmp_path, file.read_bytes())

    assert failed(report) == []


@pytest.mark.parametrize("file", RECORDS, ids=lambda file: file.stem)
def test_a_golden_record_is_of_the_format_and_method_it_is_named_for(file):
    told = json.loads(files_of(file.read_bytes())["record.json"])

    named = re.match(r"format-(\d+)-method-(\w+?)-", file.name)
    assert named.groups() == (str(told["format"]), told["rules"]["method"])


def test_every_format_and_method_has_one():
    named = [re.match(r"format-(\d+)-method-(\w+?)-", file.name).groups() for file in RECORDS]

    assert {int(form) for form, _ in named} == set(versions.FORMATS)
    assert {method for _, method in named} == set(versions.METHODS)
    assert max(versions.FORMATS) == FORMAT_VERSION


def test_no_method_is_left_behind():
    until_today = [str(number) for number in range(1, int(METHOD_VERSION) + 1)]

    assert list(versions.METHODS) == until_today


def test_the_golden_rows_of_an_auditor_are_those_of_the_golden_totals():
    for public in GOLDEN.glob("*-sealed.zip"):
        report = verify(public, conclude, rows=public.with_name(public.name.replace("-sealed", "-sealed-rows")))

        assert failed(report) == []
        assert report.unchecked == 0


# ---- when the method has changed


@pytest.mark.parametrize("name", ["sitting", "no-conclusion", "export"])
def test_a_record_of_a_past_method_is_verified_from_its_rows_and_stated_groups(name, fresh, some_day, tmp_path):
    report = checked(tmp_path, fresh[name])

    how = {f.what: (f.ok, f.how) for f in report.findings}
    assert failed(report) == []
    assert how["landscape"] == (True, "matches the digest")
    assert how["counts"] == how["figures of the landscape"] == how["certificate"] == (True, "recomputed")
    assert how["slate"] == (True, "matches the digest" if name == "export" else "recomputed")
    assert next(f.detail for f in report.findings if f.what == "method version") == (
        f"made by method {METHOD_VERSION}; this is method {SOME_DAY}"
    )


PAST = {
    "a vote": (other_vote, {"chain", "counts"}),
    "a vote and the chain": (with_chain(other_vote), {"counts"}),
    "a ballot more and the chain": (with_chain(added_ballot), {"certificate"}),
    "the size of a group": (landscape(lambda d: d["groups"][0].update(size=99)), {"figures of the landscape"}),
    "who is tested": (landscape(lambda d: d["groups"][1].update(tested=False)), {"figures of the landscape"}),
    "a group's count": (landscape(lambda d: d["by_statement"]["1"]["by_group"]["1"].update(agree=0)), {"counts"}),
    "a bound": (landscape(lambda d: d["by_statement"]["1"].update(lower=0.01)), {"counts"}),
    "a statement more": (landscape(lambda d: d["by_statement"].update({"99": {}})), {"counts"}),
    "somebody's group": (
        landscape(lambda d: d["people"]["group"].__setitem__(3, 2 if d["people"]["group"][3] == 1 else 1)),
        {"counts", "figures of the landscape", "certificate"},
    ),
    "a person more": (landscape(lambda d: d["people"]["id"].append(9999)), {"record can be read"}),
    "the groups' names": (head(lambda d: d["group_ids"].reverse()), {"names of the groups"}),
    "the slate": (slate(lambda d: d.update(statements=[1, 2, 24])), {"slate"}),
    "a price": (slate(lambda d: d["chosen"][0].update(price="0")), {"slate, how it was chosen"}),
    "the certificate": (head(lambda d: d["certificate"]["coverage"].update(all=70)), {"certificate"}),
    "what nobody computes": (head(lambda d: d["certificate"].update(blessed_by="the mayor")), {"certificate"}),
    "the conclusion": (head(lambda d: d.update(conclusion=[24])), {"conclusion"}),
}


@pytest.mark.parametrize(("change", "named"), PAST.values(), ids=PAST)
@pytest.mark.parametrize("file", OF_METHOD_1[-1:], ids=lambda file: file.stem)
def test_what_was_changed_in_a_record_of_a_past_method_is_named(file, change, named, some_day, tmp_path):
    report = checked(tmp_path, forged(files_of(file.read_bytes()), change))

    assert named | {AT_OPENING} <= set(failed(report))
    assert all(finding.detail for finding in report.findings if not finding.ok)


def test_a_past_certificate_may_say_less_than_todays(some_day, tmp_path):
    files = files_of(OF_METHOD_1[-1].read_bytes())
    less = head(lambda d: d["certificate"]["took_part"].pop("placed"))

    assert failed(checked(tmp_path, forged(files, less))) == [AT_OPENING]


def test_in_an_export_of_a_past_method_what_was_observed_is_counted_again(fresh, some_day, tmp_path):
    files = files_of(fresh["export"])

    report = checked(tmp_path, forged(files, head(lambda d: d["certificate"]["candidates"][0].update(weakest="0/1"))))

    assert failed(report) == ["certificate"]


def test_a_record_of_a_method_to_come_is_not_verified(fresh, monkeypatch, tmp_path):
    monkeypatch.setattr(versions, "METHOD_VERSION", "0")
    monkeypatch.setattr(versions, "METHODS", {})

    assert failed(checked(tmp_path, fresh["sitting"])) == ["method version"]


# ---- formats


def test_a_record_of_the_first_format_has_no_page(tmp_path):
    files = files_of(OF_METHOD_1[-1].read_bytes())

    report = checked(tmp_path, zip_of({**files, "record.html": b"<p>Trust me."}))

    assert [(f.what, f.detail) for f in report.findings if not f.ok] == [
        ("no other files", "not in SHA256SUMS: record.html")
    ]
