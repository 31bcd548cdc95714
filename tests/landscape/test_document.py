"""A landscape as JSON: the names others rely on, and small cells masked where a page shows them."""

import json

import pytest
from tests.landscape.planted import hall

from onnuri.landscape import fit
from onnuri.landscape.document import GROUP_NAMES, landscape_document
from onnuri.masking import SMALLEST_CELL

NAMES = {"agree", "pass", "disagree"}


@pytest.fixture(scope="module")
def landscape():
    crowd = hall(2, people=60, statements=14, noise=0.1, seed=2)
    channel = {p: "hall" if p > 4 else "online" for p in crowd.people}
    few = [(900, s, 1) for s in (1, 2, 3)]
    return fit(crowd.joined_by(few, channel={**channel, 900: "online"}))


@pytest.fixture(scope="module")
def document(landscape):
    return landscape_document(landscape, round_number=3)


def cells(document):
    """Every cell of counts on a page."""
    for one in document["by_statement"].values():
        yield one["outside"]
        yield from one["by_group"].values()
        yield from one["by_channel"].values()


def test_it_has_the_names_that_others_rely_on(document):
    assert {"participants", "statements", "votes", "round", "age_s", "k", "groups", "people"} <= set(document)
    assert {"common_ground", "divisive", "by_statement", "digest"} <= set(document)
    assert {"id", "name", "size"} <= set(document["groups"][0])
    assert set(document["people"]) == {"id", "group", "x", "y"}
    first = document["by_statement"]["1"]
    assert NAMES | {"floor", "by_group"} <= set(first)
    assert all(NAMES | {"lower", "upper"} <= set(cell) for cell in first["by_group"].values())


def test_it_counts_what_is_there(document, landscape):
    assert (document["participants"], document["statements"]) == (61, 14)
    assert document["votes"] == len(landscape.votes)
    assert (document["round"], document["age_s"]) == (3, None)
    assert document["digest"] == landscape.digest
    assert [g["size"] for g in document["groups"]] == [f.people for f in landscape.by_group]
    assert [g["name"] for g in document["groups"]] == [GROUP_NAMES[g["id"]] for g in document["groups"]]


def test_the_columns_of_people_go_together_and_who_is_not_yet_placed_has_no_group(document, landscape):
    people = document["people"]

    assert {len(column) for column in people.values()} == {61}
    assert people["id"][-1] == 900
    assert people["group"][-1] is None
    assert sum(group is not None for group in people["group"]) == document["placed"]
    assert {g for g in people["group"] if g} == set(landscape.group_ids)
    assert all(x * x + y * y <= 1 + 1e-5 for x, y in zip(people["x"], people["y"], strict=True))


def test_it_is_strict_json(document):
    assert json.loads(json.dumps(document, allow_nan=False)) == document


def test_without_people_nobody_can_be_found_in_it(landscape):
    assert "people" not in landscape_document(landscape, people=False)


def test_cells_under_five_are_masked_on_pages_and_the_rest_is_said_or_withheld(landscape):
    plain = landscape_document(landscape, people=False)
    masked = landscape_document(landscape, people=False, masked=True)

    small = [sum(cell[n] for n in NAMES) for cell in cells(plain)]
    assert any(0 < n < SMALLEST_CELL for n in small)
    for n, cell, shown in zip(small, cells(plain), cells(masked), strict=True):
        withheld = {**dict.fromkeys(cell), "masked": True}
        assert shown == withheld or (shown == cell and not 0 < n < SMALLEST_CELL)


def test_the_hall_is_withheld_where_it_would_tell_of_a_few_online(landscape):
    plain = landscape_document(landscape, people=False)["by_statement"]["1"]["by_channel"]
    masked = landscape_document(landscape, people=False, masked=True)["by_statement"]["1"]["by_channel"]

    assert 0 < sum(plain["online"].values()) < SMALLEST_CELL < sum(plain["hall"].values())
    assert masked["hall"] == masked["online"] == {"agree": None, "pass": None, "disagree": None, "masked": True}


def test_rows_that_are_open_are_never_masked(document):
    assert not any("masked" in cell for cell in cells(document))
