"""Of fewer than five people nothing public tells how they answered, at any moment of a sitting."""

import pytest
from tests import cast
from tests.web.test_json_twins import PUBLIC

from onnuri.publishing.models import PublishedLandscape
from onnuri.record.totals import small_cell_in

pytestmark = pytest.mark.django_db
FEW = 3


def little_online():
    """27 in the hall, 3 online: (room, voices) at every moment."""
    room = cast.conversation(cast.TOPICS)
    voices = cast.crowd(room)
    for own in voices:
        own.channel = "hall"
    for own in voices[:FEW]:
        own.channel = "online"
    for own in voices:
        own.save()
    yield room
    for step in (
        lambda: cast.vote_round(room, voices),
        lambda: cast.to_shortlist(room),
        lambda: cast.ballot_round(room, voices),
        lambda: (
            cast.sitting.open_ratification(code=room.code, at=cast.MORNING),
            cast.ballot_round(room, voices, whole=1),
        ),
        lambda: cast.publish(room),
    ):
        step()
        yield cast.fresh(room)


def small_cells(part, path=""):
    """Where a document says how a group or channel of fewer than five answered."""
    if isinstance(part, dict):
        n = part.get("n")
        if isinstance(n, int) and 0 < n < 5 and ({"agree", "agree_pct", "o", "share"} & part.keys()):
            yield path
        for name, own in part.items():
            yield from small_cells(own, f"{path}/{name}")
    elif isinstance(part, list):
        for place, own in enumerate(part):
            yield from small_cells(own, f"{path}/{place}")


def test_no_twin_tells_how_three_people_online_answered(client):
    cast.conference()
    seen, told = set(), []
    for room in little_online():
        for page, twin in PUBLIC.items():
            if page.startswith("/r/") and room.segment != "published":
                continue
            address = twin.format(room.code)
            answer = client.get(address).json()
            seen.add(room.segment)
            told += [f"{room.segment} {address}{path}" for path in small_cells(answer)]
            told += [f"{room.segment} {address}{path}" for path in [small_cell_in(answer)] if path]

    assert {"where", "slate", "result", "published"} <= seen
    assert told == []
    # There was something that could have leaked.
    assert small_cell_in(PublishedLandscape.objects.first().document)
