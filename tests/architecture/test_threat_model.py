"""What the threat model says is checked has a test of that name, and its limits are those in force."""

import re
from pathlib import Path

import pytest

from onnuri.live import limits

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`((?:\w+/)*test_\w+\.py)`", TEXT)))
ROWS = {
    "answers, ballots, presses": limits.SENDING,
    "decks": limits.READING,
    "wrong codes": limits.GUESSING,
    "forms of pages": limits.PAGES,
    "claims of a place": limits.CLAIMING,
    "joining without ticket or code": limits.OPEN_JOINS,
}


def test_it_names_tests():
    assert len(NAMED) > 20


@pytest.mark.parametrize("name", NAMED)
def test_a_named_test_is_there(name):
    assert (ROOT / "tests" / name).is_file()


@pytest.mark.parametrize(("what", "pace"), ROWS.items(), ids=ROWS)
def test_a_limit_is_the_one_in_force(what, pace):
    told = re.search(rf"^\| {what} \| \w+ \| ([\d,]+), ([\d.]+) \|$", TEXT, re.MULTILINE)

    assert told is not None
    assert (float(told[1].replace(",", "")), float(told[2])) == (pace.burst, pace.per_second)
