"""A hundred ticket-holders and open voices: whether those with tickets object to a line stands in the record."""

from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

import pytest
from tests.record.sittings import RULES, checked, failed, files_of, lean, resealed, sit, sitting
from tests.record.test_report import text_of
from tests.record.test_verify import json_with

from onnuri.record.document import seal
from onnuri.record.report import report_page
from onnuri.record.signature import new_key

CROWD = {"people": 110, "strangers": 14}
OPEN_DECIDE = replace(RULES, open_counts=True)


@lru_cache(maxsize=2)
def hall(*, decide):
    """110 who came by ticket, and open voices who said X to the first ten statements and then join in every line."""
    opinion = lean if not decide else lambda person, line: 1 if person >= 900 else lean(person, line)
    return sit(crowd=CROWD, rules=OPEN_DECIDE if decide else RULES, opinion=opinion)


def lines_of(found):
    return {line["id"]: line["ticket_holders"] for line in found.certificate["lines"]}


@pytest.mark.parametrize("decide", [True, False])
def test_it_is_verified(decide, tmp_path):
    assert failed(checked(tmp_path, hall(decide=decide).data)) == []


@pytest.mark.parametrize("decide", [True, False])
def test_each_line_says_what_ticket_holders_said_and_whether_they_object(decide):
    about, found = hall(decide=decide), hall(decide=decide).found

    assert lines_of(found) != {}
    for line, told in lines_of(found).items():
        said = [v for kind, _, c, own, v in about.ballots if (kind, own) == ("shortlist", str(line)) and c != "open"]
        assert (told["agree"], told["n"]) == (said.count(1), len(said)) == (said.count(1), 110)
        assert Fraction(told["support"]) == Fraction(said.count(1), 110)
        floor = found.landscape.ticket_floor[found.landscape.column(line)]
        assert told["floor"] == pytest.approx(floor, abs=1e-4)
        assert told["objection"] == (told["floor"] < 0.5)


def test_an_objection_is_no_veto():
    told = lines_of(hall(decide=False).found)

    flagged = {line for line, own in told.items() if own["objection"]}
    assert flagged
    assert flagged <= set(hall(decide=False).found.ratification.conclusion)


def test_a_hall_of_fewer_tickets_has_no_such_flag():
    assert set(lines_of(sitting().found).values()) == {None}


def test_the_report_says_who_objects_to_what():
    shown = text_of(report_page(seal(hall(decide=False).content, hall(decide=False).pem)))
    without = text_of(report_page(seal(sitting().content, sitting().pem)))

    assert "Objection of ticket-holders: nearly everywhere among them only" in shown
    assert "Ticket-holders 81% (n 110) , nearly everywhere among them at least" in shown
    assert "Ticket-holders' own floor" in shown
    assert "icket-holders" not in without


def certificate(change):
    return "record.json", lambda document: change(document["certificate"]["lines"][0])


def landscape(change):
    return "landscape.json", lambda document: change(document["by_statement"])


FORGED = {
    "the flag": certificate(
        lambda line: line["ticket_holders"].update(objection=not line["ticket_holders"]["objection"])
    ),
    "the floor": certificate(lambda line: line["ticket_holders"].update(floor=0.9)),
    "what they said": certificate(lambda line: line["ticket_holders"].update(agree=1)),
    "nothing of it": certificate(lambda line: line.update(ticket_holders=None)),
    "their floor": landscape(lambda by: [told.update(ticket_floor=0.95) for told in by.values()]),
}


@pytest.mark.parametrize(("name", "change"), FORGED.values(), ids=FORGED)
def test_another_flag_is_named(name, change, tmp_path):
    files = files_of(hall(decide=False).data)

    report = checked(tmp_path, resealed({**files, name: json_with(files[name], change)}, new_key()))

    assert {"certificate", "counts"} & set(failed(report))


def test_a_flag_where_there_is_none_is_named(tmp_path):
    files = files_of(sitting().data)
    own = {"agree": 1, "pass": 0, "disagree": 0, "n": 1, "support": "1/1", "floor": 0.1, "objection": True}
    change = certificate(lambda line: line.update(ticket_holders=own))[1]

    report = checked(tmp_path, resealed({**files, "record.json": json_with(files["record.json"], change)}, new_key()))

    assert "certificate" in failed(report)
