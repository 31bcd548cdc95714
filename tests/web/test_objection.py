"""What ticket-holders object to stands beside the line, and nowhere else."""

import pytest
from django.utils import translation

from onnuri.web.outcome import _objection


def line(floor, *, objection):
    return {"id": 7, "ticket_holders": {"agree": 60, "n": 110, "floor": floor, "objection": objection}}


def test_the_page_says_how_far_it_reaches_among_them():
    with translation.override("en"):
        told = _objection(line(0.57, objection=True))

    assert told == ("Objection of ticket-holders: nearly everywhere among them only 57% (a flag, it decides nothing)")


@pytest.mark.parametrize("standing", [line(0.6, objection=False), {"id": 7, "ticket_holders": None}, {"id": 7}])
def test_without_an_objection_it_says_nothing(standing):
    assert _objection(standing) == ""
