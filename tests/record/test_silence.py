"""A group that would be tested and does not ballot drops out of the test, and the record says so."""

from functools import lru_cache

import pytest
from tests.record.sittings import checked, failed, files_of, resealed, sit, sitting
from tests.record.test_report import text_of
from tests.record.test_verify import json_with

from onnuri.record.document import seal
from onnuri.record.report import report_page
from onnuri.record.signature import new_key

ASTRAY = 51


def odd(person):
    """One of the two planted groups, without the one of it who answered as the other does."""
    return person % 2 == 1 and person != ASTRAY


SILENT = {
    "ratification": {"who": lambda kind, person: kind == "shortlist" or odd(person)},
    "shortlist": {"who": lambda kind, person: kind == "ratification" or odd(person)},
}


@lru_cache(maxsize=2)
def told(ballot):
    return sit(**SILENT[ballot])


def group_of(found, person):
    return found.landscape.group_ids[found.landscape.assignment[found.landscape.participants == person][0]]


def silence(found):
    proof = found.certificate
    return {"shortlist": proof["took_part"]["silent_groups"], "ratification": proof["ratification"]["silent_groups"]}


@pytest.mark.parametrize("ballot", SILENT)
def test_the_certificate_names_the_group_and_the_ballot(ballot):
    found = told(ballot).found

    assert silence(found) == {"shortlist": [], "ratification": [], ballot: [group_of(found, 2)]}
    assert f"group {group_of(found, 2)}" not in {
        m["where"] for m in found.certificate["ratification"]["whole"]["misses"]
    }


def test_where_everybody_speaks_nobody_is_named():
    assert silence(sitting().found) == {"shortlist": [], "ratification": []}


@pytest.mark.parametrize(
    ("ballot", "words"),
    [
        ("ratification", ": nobody balloted in the ratification; not tested there."),
        ("shortlist", ": nobody balloted on the candidates; not tested there."),
    ],
)
def test_the_report_says_it_in_words(ballot, words):
    about = told(ballot)
    name = {1: "Wave", 2: "Rock"}[group_of(about.found, 2)]

    assert f"{name} {words}" in text_of(report_page(seal(about.content, about.pem)))
    assert "nobody balloted" not in text_of(report_page(seal(sitting().content, sitting().pem)))


@pytest.mark.parametrize("ballot", SILENT)
def test_it_is_verified_and_a_silence_left_out_is_named(ballot, tmp_path):
    def unsaid(document):
        part = "took_part" if ballot == "shortlist" else "ratification"
        document["certificate"][part]["silent_groups"] = []

    files = files_of(told(ballot).data)
    forged = {**files, "record.json": json_with(files["record.json"], unsaid)}

    assert failed(checked(tmp_path, told(ballot).data)) == []
    assert "certificate" in failed(checked(tmp_path, resealed(forged, new_key())))
