"""A record that says who took part by trait: taken as stated, held against the whole, and never called computed."""

from functools import lru_cache

import pytest
from tests.record.sittings import checked, failed, files_of, resealed, sit
from tests.record.test_report import text_of
from tests.record.test_verify import json_with

from onnuri.record.document import seal
from onnuri.record.report import report_page
from onnuri.record.signature import new_key

HOMES = {p: "north" if p <= 40 else "south" if p <= 55 else "<far>" for p in range(1, 61)}


@lru_cache(maxsize=1)
def told():
    """Forty of the north, fifteen of the south, five of far away; the others said nothing."""
    return sit(traits={"district": HOMES})


@pytest.fixture
def files():
    return files_of(told().data)


def traits_of(report):
    return next(finding for finding in report.findings if finding.what == "traits")


def test_it_is_verified_and_says_that_traits_are_only_stated(tmp_path):
    report = checked(tmp_path, told().data)

    assert failed(report) == []
    assert (traits_of(report).ok, traits_of(report).how) == (True, "matches the digest")
    assert told().found.certificate["took_part"]["traits"] == {"district": {"<far>": None, "north": 40, "south": 15}}


def test_no_row_of_the_record_tells_a_trait(files):
    tables = [content for name, content in files.items() if name.endswith(".csv")]

    assert all(word not in table for table in tables for word in (b"north", b"south", b"far>"))


def other(change):
    return lambda document: change(document["by_trait"]["district"])


TOLD = {
    "more people than the certificate": other(lambda district: district["north"].update(people=41)),
    "a few": other(lambda district: district["<far>"].update(people=5)),
    "more answers than there are": other(lambda d: d["north"]["by_statement"]["1"].update(agree=69)),
    "a few answers": other(
        lambda d: d["<far>"]["by_statement"]["1"].update({"agree": 3, "pass": 0, "disagree": 0, "masked": False})
    ),
    "no traits": lambda document: document.pop("by_trait"),
}


@pytest.mark.parametrize("change", TOLD.values(), ids=TOLD)
def test_counts_that_cannot_be_right_are_named(files, change, tmp_path):
    forged = {**files, "landscape.json": json_with(files["landscape.json"], change)}

    report = checked(tmp_path, resealed(forged, new_key()))

    assert not traits_of(report).ok


def test_the_report_prints_who_took_part(tmp_path):
    page = report_page(seal(told().content, told().pem))

    shown = text_of(page)
    assert "&lt;far&gt; withheld" in shown
    assert "north 40 (57% of all)" in shown
    assert "Fewer than 12 are never told" in shown
    assert "Fewer than 12" not in text_of(report_page(seal(sit().content, told().pem)))
