"""One-time codes for people without a ticket. A code knows that it was used, never by whom and never when."""

import pytest
from tests import cast

from onnuri.conference.actions import digest_of
from onnuri.conference.claims import CODE_ALPHABET
from onnuri.conversation.actions import MOST_CODES, issue_codes
from onnuri.conversation.models import Conversation, SeatCode
from onnuri.conversation.template import rules_of_policy, seeds_of_template
from onnuri.errors import NotFound, Unprocessable

pytestmark = pytest.mark.django_db


def test_mina_prints_forty_codes_for_the_hall():
    room = cast.conversation()

    codes = issue_codes(code=room.code, channel="hall", count=40)

    assert len(set(codes)) == 40
    assert {len(c) for c in codes} == {8}
    assert set("".join(codes)) <= set(CODE_ALPHABET)
    assert cast.fresh(room).codes_issued == 40


def test_only_their_digests_are_kept():
    room = cast.conversation()

    codes = issue_codes(code=room.code, channel="online", count=3)

    stored = list(SeatCode.objects.values_list("digest", "channel", "origin", "used"))
    assert sorted(stored) == sorted((digest_of(c), "online", "person", False) for c in codes)
    told = str(list(SeatCode.objects.values())) + str(list(Conversation.objects.values()))
    assert not any(c in told for c in codes)


def test_more_codes_are_counted_with_the_first():
    room = cast.conversation()

    issue_codes(code=room.code, channel="hall", count=2)
    issue_codes(code=room.code, channel="online", count=3, origin="imported")

    assert cast.fresh(room).codes_issued == 5


def test_a_code_has_no_time_and_points_at_no_voice():
    names = {field.name for field in SeatCode._meta.get_fields()}

    assert names == {"id", "conversation", "digest", "channel", "origin", "used", "card", "blinded"}


@pytest.mark.parametrize(
    ("asked", "key", "field"),
    [
        ({"channel": "open"}, "wish", "channel"),
        ({"channel": ""}, "wish", "channel"),
        ({"count": 0}, "count", "count"),
        ({"count": -1}, "count", "count"),
        ({"count": MOST_CODES + 1}, "count", "count"),
        ({"origin": "ghost"}, "count", "count"),
    ],
)
def test_codes_that_cannot_be(asked, key, field):
    room = cast.conversation()

    with pytest.raises(Unprocessable) as refused:
        issue_codes(**{"code": room.code, "channel": "hall", "count": 1, **asked})

    assert (refused.value.key, refused.value.field) == (key, field)
    assert not SeatCode.objects.exists()


def test_codes_of_a_conversation_that_is_not_there():
    with pytest.raises(NotFound):
        issue_codes(code="ZZZZZZ", channel="hall", count=1)


# ---- the template


@pytest.mark.parametrize(("policy", "counts"), [("open", True), ("code", False), ("ticket", False)])
def test_open_voices_count_only_where_everybody_joins_openly(policy, counts):
    assert rules_of_policy(policy) == {"vote": policy, "open_counts": counts}


def test_the_templates_seeds_can_be_put_to_people_as_they_are():
    seeds = seeds_of_template("ko")

    room = cast.conversation([text for text, _ in seeds])

    assert list(room.statements.values_list("text", flat=True)) == [text for text, _ in seeds]
